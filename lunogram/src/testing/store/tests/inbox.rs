//! Inboxes: stored messages, queries, and lost messages.

use super::*;
use crate::model::{Channel, InboxStatus};
use proptest::prelude::*;

fn sent(target: &str, id: &str) -> SentInboxMessage {
    SentInboxMessage {
        target: identifiers(&[target]),
        identifier: identifiers(&[id]).remove(0),
        channel: Channel::Inbox,
        sender_identity_id: None,
        campaign_id: None,
        broadcast_id: None,
        content: None,
        data: None,
        tags: Vec::new(),
        priority: None,
        source: None,
        scheduled_at: None,
        expires_at: None,
    }
}

fn all_of_the_channel() -> InboxFilter {
    InboxFilter {
        channel: Channel::Inbox,
        status: None,
        tags: Vec::new(),
        source: None,
        priority: None,
        limit: 100,
        offset: 0,
    }
}

impl World {
    fn post(&mut self, messages: Vec<SentInboxMessage>) {
        self.with(|store, context| store.post_inbox(SubjectKind::User, messages, context));
    }
}

#[test]
fn messages_that_the_platform_cannot_store_are_lost() {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    world.user(&["joe"], json!({})).unwrap();
    let mut both = sent("jane", "both");
    both.target = identifiers(&["jane", "joe"]);
    let mut source = sent("jane", "source");
    source.source = Some("checkout".to_owned());
    let mut email = sent("jane", "email");
    email.channel = Channel::Email;
    let mut inbox = sent("jane", "inbox");
    inbox.sender_identity_id = Some(Uuid::nil());
    let mut fine = sent("jane", "fine");
    fine.source = Some("journey".to_owned());
    world.post(vec![
        sent("unknown", "unknown"),
        both,
        source,
        email,
        inbox,
        fine,
    ]);
    let lost = world.store.lost().iter();
    let lost: Vec<_> = lost.map(|lost| (lost.kind, lost.name.as_str())).collect();
    let expected = ["unknown", "both", "source", "email", "inbox"];
    assert_eq!(lost, expected.map(|name| (LostKind::InboxMessage, name)));
    let kept = world
        .store
        .all_messages(SubjectKind::User, "default", "jane");
    assert_eq!(kept.len(), 1);
}

#[test]
fn deleting_a_user_deletes_its_inbox() {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    world.post(vec![sent("jane", "m")]);
    world.delete_user(&["jane"]).unwrap();
    world.user(&["jane"], json!({})).unwrap();
    let inbox = world
        .store
        .all_messages(SubjectKind::User, "default", "jane");
    assert!(inbox.is_empty());
}

#[test]
fn first_mark_of_a_kind_stays() {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    world.post(vec![sent("jane", "m")]);
    let stored = |world: &World| {
        world
            .store
            .all_messages(SubjectKind::User, "default", "jane")[0]
            .clone()
    };
    let id = stored(&world).id;
    let mut mark = |mark: Mark| {
        let sent = vec![SentMark {
            target: identifiers(&["jane"]),
            message_id: id,
        }];
        world.with(|store, context| store.mark_inbox(SubjectKind::User, mark, sent, context));
        stored(&world)
    };
    let read = mark(Mark::Read);
    assert_eq!(read.status(), InboxStatus::Read);
    assert_eq!(read.read_at, Some(read.updated_at));
    assert_eq!(mark(Mark::Read), read);
    let archived = mark(Mark::Archived);
    assert_eq!(
        (archived.status(), archived.read_at),
        (InboxStatus::Archived, read.read_at)
    );
    assert!(archived.updated_at > read.updated_at);
    assert_eq!(mark(Mark::Archived), archived);
}

/// One message of the model, with times in seconds from now.
#[derive(Clone, Debug)]
struct Plan {
    channel: Channel,
    tags: Vec<String>,
    priority: u8,
    source: Option<String>,
    due_in: i64,
    expires_in: Option<i64>,
    read: bool,
    archived: bool,
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab]", 0..3)
}

fn source() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof!["campaign", "journey"])
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![3 => Just(Channel::Inbox), 1 => Just(Channel::Push)]
}

prop_compose! {
    fn plan()(
        channel in channel(), tags in tags(), priority in 1..4_u8, source in source(),
        due_in in -4..2_i64, expires_in in prop::option::of(-2..4_i64), read: bool, archived: bool,
    ) -> Plan {
        Plan { channel, tags, priority, source, due_in, expires_in, read, archived }
    }
}

prop_compose! {
    fn filter()(
        channel in channel(), tags in tags(), source in source(), priority in prop::option::of(1..4_i64),
        status in prop::option::of(prop_oneof![
            Just(InboxStatus::Unread), Just(InboxStatus::Read), Just(InboxStatus::Archived),
        ]),
        limit in 1..9_usize,
    ) -> InboxFilter {
        InboxFilter { channel, status, tags, source, priority, limit, offset: 0 }
    }
}

impl Plan {
    /// The contract's filter rules.
    fn matches(&self, filter: &InboxFilter) -> bool {
        let status = match filter.status {
            None => !self.archived,
            Some(InboxStatus::Unread) => !self.read && !self.archived,
            Some(InboxStatus::Read) => self.read && !self.archived,
            Some(InboxStatus::Archived) => self.archived,
        };
        let is_visible = self.due_in <= 0 && self.expires_in.is_none_or(|seconds| seconds > 0);
        let has_tags = filter
            .tags
            .iter()
            .filter(|tag| self.tags.contains(tag))
            .count();
        is_visible
            && status
            && self.channel == filter.channel
            && has_tags == filter.tags.len()
            && (filter.source.is_none() || filter.source == self.source)
            && filter.priority.unwrap_or(self.priority.into()) == i64::from(self.priority)
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn in_seconds(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

/// Jane's inbox with these messages. Marks are set at the time that a message is due.
fn inbox_of(plans: &[Plan]) -> World {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    let messages = plans
        .iter()
        .enumerate()
        .map(|(number, plan)| SentInboxMessage {
            channel: plan.channel,
            tags: plan.tags.clone(),
            priority: Some(plan.priority),
            source: plan.source.clone(),
            scheduled_at: Some(in_seconds(plan.due_in)),
            expires_at: plan.expires_in.map(in_seconds),
            ..sent("jane", &number.to_string())
        });
    world.post(messages.collect());
    let stored = world
        .store
        .all_messages(SubjectKind::User, "default", "jane");
    let ids: Vec<_> = stored.iter().map(|message| message.id).collect();
    for (plan, message_id) in plans.iter().zip(ids) {
        let mut no_ids = Uuid::nil;
        let due = Context::new(in_seconds(plan.due_in), &mut no_ids);
        for (wanted, mark) in [(plan.read, Mark::Read), (plan.archived, Mark::Archived)] {
            if wanted {
                let target = identifiers(&["jane"]);
                let sent = vec![SentMark { target, message_id }];
                world.store.mark_inbox(SubjectKind::User, mark, sent, &due);
            }
        }
    }
    world
}

/// The senders' ids on one page, and the total number of matches.
fn page(world: &World, filter: &InboxFilter) -> (Vec<usize>, usize) {
    let jane = identifiers(&["jane"]).remove(0);
    let found = world.store.inbox(SubjectKind::User, jane, filter, now());
    let (page, total) = found.unwrap();
    let ids = page
        .into_iter()
        .map(|found| found.identifier.external_id.parse().unwrap());
    (ids.collect(), total)
}

proptest! {
    #[test]
    fn pages_contain_every_match_in_order(
        plans in prop::collection::vec(plan(), 0..20), filter in filter(),
    ) {
        let world = inbox_of(&plans);
        let mut expected: Vec<_> = (0..plans.len()).filter(|number| plans[*number].matches(&filter)).collect();
        // Latest due first; among equals, the latest arrival first.
        expected.sort_by_key(|number| (-plans[*number].due_in, plans.len() - number));
        let mut all = Vec::new();
        loop {
            let offset = all.len();
            let (ids, total) = page(&world, &InboxFilter { offset, ..filter.clone() });
            let left = expected.len() - offset;
            prop_assert_eq!(total, if left == 0 { 0 } else { expected.len() });
            prop_assert_eq!(ids.len(), filter.limit.min(left));
            if ids.is_empty() {
                break;
            }
            all.extend(ids);
        }
        prop_assert_eq!(all, expected);
    }

    #[test]
    fn counts_equal_the_lengths_of_the_lists(plans in prop::collection::vec(plan(), 0..20)) {
        let world = inbox_of(&plans);
        let jane = identifiers(&["jane"]).remove(0);
        let counted = world.store.count_inbox(SubjectKind::User, jane, Channel::Inbox, now()).unwrap();
        let unread = InboxFilter { status: Some(InboxStatus::Unread), ..all_of_the_channel() };
        prop_assert_eq!(counted.total, page(&world, &all_of_the_channel()).1);
        prop_assert_eq!(counted.unread, page(&world, &unread).1);
    }
}
