//! Settings from environment variables.

use super::ClientBuilder;
use crate::error::Error;
use std::ffi::OsString;
use uuid::Uuid;

const API_KEY: &str = "LUNOGRAM_API_KEY";
const API_URL: &str = "LUNOGRAM_API_URL";
const PROJECT_ID: &str = "LUNOGRAM_PROJECT_ID";

impl ClientBuilder {
    /// Settings from environment variables.
    ///
    /// | Variable | Setting |
    /// |---|---|
    /// | `LUNOGRAM_API_KEY` | the key; required |
    /// | `LUNOGRAM_API_URL` | [`base_url`](Self::base_url); without it, the hosted platform |
    /// | `LUNOGRAM_PROJECT_ID` | [`project`](Self::project); without it, the routes of older servers |
    ///
    /// ```no_run
    /// use lunogram::ClientBuilder;
    /// use std::time::Duration;
    ///
    /// let client = ClientBuilder::from_env()?.timeout(Duration::from_secs(10)).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`from_lookup`](Self::from_lookup).
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// Settings with the same variables from another source, such as a secret store. An empty
    /// variable counts as not set.
    ///
    /// ```
    /// use lunogram::ClientBuilder;
    ///
    /// let client = ClientBuilder::from_lookup(|name| match name {
    ///     "LUNOGRAM_API_KEY" => Some("sk_123".into()),
    ///     _ => None,
    /// })?
    /// .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if `lookup` does not return `LUNOGRAM_API_KEY`, if a
    /// variable is not UTF-8, or if `LUNOGRAM_PROJECT_ID` is not a UUID.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let variable = |name: &str| match lookup(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(Error::config(format!("{name} is not UTF-8; set it again"))),
            None => Ok(None),
        };
        let Some(key) = variable(API_KEY)? else {
            return Err(Error::config(
                "LUNOGRAM_API_KEY is not set; set it to a key of your project, or pass a key to `Client::new`",
            ));
        };
        let mut builder = Self::new(key);
        if let Some(url) = variable(API_URL)? {
            builder = builder.base_url(url);
        }
        if let Some(project) = variable(PROJECT_ID)? {
            let project = Uuid::try_parse(&project).map_err(|_| {
                Error::config("LUNOGRAM_PROJECT_ID is not a UUID; set it to the id of your project")
            })?;
            builder = builder.project(project);
        }
        Ok(builder)
    }
}
