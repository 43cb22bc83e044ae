//! A request, independent of the server that it goes to.

use crate::error::Error;
use crate::model::Parameters;
use crate::wire::Operation;
use bytes::Bytes;
use lunogram_core::Invalid;
use std::borrow::Cow;
use uuid::Uuid;

/// One request: an operation with the parameters of its path and query, and its body.
#[derive(Clone)]
pub(crate) struct Request {
    operation: Operation,
    /// The value of the placeholder in the operation's path. A UUID is always a single path
    /// segment.
    parameter: Option<Uuid>,
    query: Parameters,
    body: Option<Bytes>,
}

impl Request {
    /// A request without a body.
    pub(crate) fn new(operation: Operation) -> Self {
        Self {
            operation,
            parameter: None,
            query: Vec::new(),
            body: None,
        }
    }

    /// A request with a JSON body.
    pub(crate) fn with(operation: Operation, body: impl Into<Bytes>) -> Self {
        Self {
            body: Some(body.into()),
            ..Self::new(operation)
        }
    }

    /// A request with an encoded body, if the payload passed its checks.
    ///
    /// # Errors
    /// Every problem of the payload.
    pub(crate) fn encoded(
        operation: Operation,
        body: Result<Vec<u8>, Invalid>,
    ) -> Result<Self, Error> {
        match body {
            Ok(body) => Ok(Self::with(operation, body)),
            Err(invalid) => Err(Error::from(invalid).during(operation)),
        }
    }

    /// A request with these parameters in its query, if they passed their checks.
    ///
    /// # Errors
    /// Every problem of the query.
    pub(crate) fn queried(
        operation: Operation,
        parameters: Result<Parameters, Invalid>,
    ) -> Result<Self, Error> {
        match parameters {
            Ok(query) => Ok(Self {
                query,
                ..Self::new(operation)
            }),
            Err(invalid) => Err(Error::from(invalid).during(operation)),
        }
    }

    /// Fills in the path's parameter.
    #[must_use]
    pub(crate) fn at(mut self, parameter: Uuid) -> Self {
        self.parameter = Some(parameter);
        self
    }

    /// Replaces the body.
    #[must_use]
    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    /// The path after the route family's prefix.
    pub(super) fn path(&self) -> Cow<'static, str> {
        let template = self.operation.route().path;
        match (self.parameter, template.split_once('{')) {
            (Some(parameter), Some((front, rest))) => {
                let back = rest.split_once('}').map_or("", |(_, back)| back);
                format!("{front}{parameter}{back}").into()
            }
            _ => template.into(),
        }
    }

    pub(crate) fn pairs(&self) -> &[(&'static str, String)] {
        &self.query
    }

    pub(crate) fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_replaces_the_placeholder() {
        let id = Uuid::from_u128(7);
        let request = Request::new(Operation::CreateSession).at(id);
        assert_eq!(request.path(), format!("/auth-methods/{id}/sessions"));
        let request = Request::new(Operation::UpsertUser);
        assert_eq!(request.path(), "/users");
    }

    #[test]
    fn every_operation_has_one_parameter_at_most() {
        for operation in Operation::ALL {
            let path = Request::new(operation).at(Uuid::nil()).path();
            assert!(!path.contains(['{', '}']), "{path}");
        }
    }
}
