//! Path parameters, queries, and requests without a body.

use super::*;

#[test]
fn path_parameter_is_validated() {
    let server = Server::start().unwrap();
    let sessions = |id: &str| {
        let path = format!("auth-methods/{id}/sessions");
        send(&server, "POST", &path, &json!({"user_id": "jane"}))
    };
    let wrong = "parameter \"auth_method_id\" in path must be a UUID";
    assert_eq!(sessions("7").problem(), (400, wrong.to_owned()));
    let right = sessions("00000000-0000-0000-0000-000000000007");
    assert_ne!(right.status, 400, "{right:?}");
}

#[test]
fn get_needs_no_body_and_its_query_is_recorded() {
    let server = Server::start().unwrap();
    let key = format!("Bearer {}", server.key());
    let path = "/api/client/users/inbox/count?external_id=a+b%26c&tags=x%2Cy&external_id=second";
    let reply = raw(&server, "GET", path, &[("authorization", &key)], b"");
    assert_ne!(reply.problem().1, "invalid request body");
    let requests = server.requests();
    assert_eq!(requests[0].path, "/api/client/users/inbox/count");
    let query: Vec<_> = requests[0]
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let sent = [
        ("external_id", "a b&c"),
        ("tags", "x,y"),
        ("external_id", "second"),
    ];
    assert_eq!(query, sent);
}
