//! External ids from types with `#[derive(ExternalId)]`, and from other types of an application.

use lunogram::{
    ExternalId, Identifier, LunogramEvent, ProblemKind, ToExternalId, UpsertUserRequest, UserTraits,
};
use lunogram_tests::wire::{Wire, paths};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use uuid::Uuid;

/// An id whose `Display` output is made for people.
#[derive(Clone, ExternalId)]
struct UserId(String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user")
    }
}

#[derive(LunogramEvent)]
struct SignedUp<I> {
    #[lunogram(external_id)]
    user: I,
}

/// The external id that is sent for `id`, as a field and as an identifier of a request.
async fn sent(id: impl ToExternalId + Clone + Send + Sync + 'static) -> String {
    let wire = Wire::start();
    let text = id.to_external_id().into_owned();
    let event = wire.event(SignedUp { user: id.clone() }).await;
    let request = wire.user(UpsertUserRequest::new(id)).await;
    let expected = json!([{"external_id": text}]);
    assert_eq!(event.expect("an event")["identifier"], expected);
    assert_eq!(request.expect("a user")["identifier"], expected);
    text
}

#[tokio::test]
async fn a_newtype_is_sent_as_its_inner_value_and_not_as_its_display() {
    #[derive(Clone, Copy, ExternalId)]
    struct Number(u64);
    #[derive(Clone, Copy, ExternalId)]
    struct Key {
        uuid: Uuid,
    }
    #[derive(Clone, Copy, ExternalId)]
    struct Literal<'a>(&'a str);
    #[derive(Clone, ExternalId)]
    struct Nested(Arc<UserId>);

    let jane = UserId("user \"123\"".to_owned());
    assert_eq!(jane.to_string(), "a user");
    assert_eq!(sent(jane.clone()).await, "user \"123\"");
    assert_eq!(sent(Number(123)).await, "123");
    let uuid = Uuid::from_u128(7);
    assert_eq!(sent(Key { uuid }).await, uuid.to_string());
    assert_eq!(sent(Literal("user_123")).await, "user_123");
    assert_eq!(sent(Nested(Arc::new(jane))).await, "user \"123\"");
}

#[tokio::test]
async fn a_type_parameter_can_be_the_id_or_only_mark_it() {
    #[derive(Clone, ExternalId)]
    struct Generic<T>(T);
    #[derive(ExternalId)]
    struct Id<T> {
        number: u64,
        of: PhantomData<T>,
    }
    impl<T> Clone for Id<T> {
        fn clone(&self) -> Self {
            Self {
                number: self.number,
                of: PhantomData,
            }
        }
    }
    struct NotAnId;

    assert_eq!(sent(Generic("user_123")).await, "user_123");
    let id = Id::<NotAnId> {
        number: 123,
        of: PhantomData,
    };
    assert_eq!(id.to_external_id(), "123");
}

#[tokio::test]
async fn a_skipped_field_is_not_part_of_the_id() {
    #[derive(Clone, ExternalId)]
    struct Cached {
        id: u64,
        #[lunogram(skip)]
        name: String,
    }

    let cached = Cached {
        id: 123,
        name: "Jane".to_owned(),
    };
    assert_eq!(cached.name, "Jane");
    assert_eq!(sent(cached).await, "123");
}

#[tokio::test]
async fn a_type_that_is_no_newtype_returns_its_text() {
    #[derive(Clone)]
    struct TenantUser(u32, u32);
    impl ToExternalId for TenantUser {
        fn to_external_id(&self) -> Cow<'_, str> {
            format!("{}/{}", self.0, self.1).into()
        }
    }
    #[derive(Clone, ExternalId)]
    struct Wrapped(TenantUser);

    assert_eq!(sent(TenantUser(4, 123)).await, "4/123");
    assert_eq!(sent(Wrapped(TenantUser(4, 123))).await, "4/123");
}

#[tokio::test]
async fn an_id_has_the_source_that_is_set_where_it_is_used() {
    #[derive(UserTraits)]
    struct Customer {
        #[lunogram(external_id)]
        id: UserId,
        #[lunogram(external_id, source = "stripe")]
        customer: Option<UserId>,
    }

    let id = UserId("user_123".to_owned());
    let customer = UserId("cus_9s6".to_owned());
    let expected = json!([
        {"external_id": "user_123"},
        {"source": "stripe", "external_id": "cus_9s6"},
    ]);
    let request = UpsertUserRequest::new([
        Identifier::new(&id),
        Identifier::new(&customer).source("stripe"),
    ]);
    let wire = Wire::start();
    assert_eq!(wire.user(request).await.unwrap()["identifier"], expected);
    let customer = Customer {
        id,
        customer: Some(customer),
    };
    assert_eq!(wire.user(customer).await.unwrap()["identifier"], expected);
}

#[tokio::test]
async fn an_empty_id_is_refused() {
    let wire = Wire::start();
    let user = UserId(String::new());
    let outcome = wire.event(SignedUp { user }).await;
    assert_eq!(paths(&outcome), ["[0].identifier[0].external_id"]);
    let error = outcome.unwrap_err();
    assert_eq!(error.problems()[0].kind(), ProblemKind::ExternalId);
}
