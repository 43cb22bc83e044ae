//! When a lane has something to send, with exact sizes and moments.

use super::*;

/// An event of this many bytes.
fn event(bytes: usize) -> Vec<u8> {
    let mut event = br#"{"identifier":[{"external_id":"a"}],"n":""#.to_vec();
    event.resize(bytes - 2, b'x');
    event.extend(br#""}"#);
    event
}

fn push(lane: &mut Lane, bytes: usize, now: Instant) -> Pushed {
    lane.push_event(&event(bytes), None, LIMITS, |_, _| open(now))
}

fn is_due(lane: &mut Lane) -> bool {
    match lane.front(LIMITS) {
        Front::Events { due, .. } => due,
        other => panic!("{other:?}"),
    }
}

fn later(now: Instant, milliseconds: u64) -> Instant {
    now + Duration::from_millis(milliseconds)
}

#[test]
fn the_event_that_fills_a_request_makes_it_due() {
    let now = Instant::now();
    let mut lane = Lane::default();
    // Five would have room, but four are the most.
    assert_eq!(push(&mut lane, 45, now), Pushed::Opened);
    assert_eq!(push(&mut lane, 45, now), Pushed::Joined);
    assert_eq!(push(&mut lane, 45, now), Pushed::Joined);
    assert!(!is_due(&mut lane), "it waits for its age");
    assert_eq!(push(&mut lane, 45, now), Pushed::Due);
    assert!(is_due(&mut lane));
    assert_eq!(push(&mut lane, 45, now), Pushed::Due, "a second request");
    assert_eq!(push(&mut lane, 45, now), Pushed::Joined);
    assert_eq!(lane.entries.len(), 2);
}

#[test]
fn an_event_that_does_not_fit_opens_another_request() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 100, now);
    // `[`, 100 bytes, `,`, 147 bytes and `]` are 250.
    assert_eq!(push(&mut lane, 148, now), Pushed::Joined);
    assert_eq!(lane.entries.len(), 1);
    let mut lane = Lane::default();
    push(&mut lane, 100, now);
    assert_eq!(push(&mut lane, 149, now), Pushed::Due);
    assert_eq!(lane.entries.len(), 2);
    assert!(is_due(&mut lane), "another one waits after it");
}

#[test]
fn events_after_a_flush_do_not_join_those_before_it() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 50, now);
    assert_eq!(lane.flush(), 1);
    assert!(is_due(&mut lane));
    assert_eq!(push(&mut lane, 50, now), Pushed::Due);
    assert_eq!(lane.entries.len(), 2);
    let mut request = None;
    lane.take_events(&mut request, LIMITS, || open(now));
    assert_eq!(request.expect("a request").len(), 1);
    lane.settle(Settlement::Delivered, 1);
    assert_eq!(lane.settled_to(), 1);
    assert!(!is_due(&mut lane), "it was accepted after the flush");
}

#[cfg(feature = "spool")]
#[test]
fn events_after_send_now_join_those_before_it() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 50, now);
    lane.send_now();
    assert!(is_due(&mut lane));
    assert_eq!(push(&mut lane, 50, now), Pushed::Joined);
    let mut request = None;
    lane.take_events(&mut request, LIMITS, || open(now));
    assert_eq!(request.expect("a request").len(), 2);
    lane.settle(Settlement::Delivered, 2);
    push(&mut lane, 50, now);
    assert!(!is_due(&mut lane));
}

#[test]
fn an_old_segment_is_closed_and_a_young_one_is_not() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 50, now);
    lane.close_older(now, later(now, 1));
    assert_eq!(push(&mut lane, 50, later(now, 2)), Pushed::Joined);
    lane.close_older(later(now, 1), later(now, 3));
    assert_eq!(push(&mut lane, 50, later(now, 4)), Pushed::Due);
    let mut request = None;
    let taken = lane.take_events(&mut request, LIMITS, || open(now));
    let taken = taken.expect("two events");
    assert_eq!(taken.events, 2);
    assert_eq!(taken.latest, Some(later(now, 3)), "the moment of the close");
}

#[test]
fn the_next_entry_bounds_the_moments_of_a_segment() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 200, now);
    push(&mut lane, 200, later(now, 5));
    let mut request = None;
    let taken = lane.take_events(&mut request, LIMITS, || open(now));
    assert_eq!(taken.expect("an event").latest, Some(later(now, 5)));
    lane.settle(Settlement::Delivered, 1);
    let mut request = None;
    let taken = lane.take_events(&mut request, LIMITS, || open(now));
    assert_eq!(taken.expect("an event").latest, None);
}

#[test]
fn a_full_segment_is_handed_out_without_a_copy() {
    let now = Instant::now();
    let mut lane = Lane::default();
    for _ in 0..4 {
        push(&mut lane, 50, now);
    }
    let Some(LaneEntry::Events(segment)) = lane.entries.front() else {
        panic!("no segment");
    };
    let first = segment.events().next().map(|(event, _)| event.as_ptr());
    let mut request = None;
    let taken = lane.take_events(&mut request, LIMITS, || panic!("it is not needed"));
    assert_eq!(taken.expect("four events").events, 4);
    let request = request.expect("a request");
    assert_eq!(
        request.events().next().map(|(event, _)| event.as_ptr()),
        first
    );

    // Into a request that has events already, they are copied.
    lane.settle(Settlement::Delivered, 4);
    let mut request = Some(request);
    for _ in 0..4 {
        push(&mut lane, 50, now);
    }
    let size = Size {
        events: 6,
        bytes: 1 << 20,
    };
    lane.take_events(&mut request, size, || open(now));
    assert_eq!(request.expect("a request").len(), 6);
    assert_eq!(lane.queued(), 2);
}

#[test]
fn small_buffers_are_kept_for_the_next_segment() {
    let now = Instant::now();
    let wide = Size {
        events: 100,
        bytes: 1 << 20,
    };
    let mut spares = Vec::new();
    for bytes in [100, LARGEST_SPARE] {
        let mut lane = Lane::default();
        let mut request = None;
        lane.push_event(&event(bytes), None, wide, |_, spare| {
            assert!(spare.is_none());
            open(now)
        });
        let taken = lane.take_events(&mut request, wide, || open(now));
        spares.push(taken.expect("an event").spare.is_some());
        lane.settle(Settlement::Delivered, 1);
        lane.push_event(&event(50), None, wide, |_, spare| {
            spares.push(spare.is_some());
            open(now)
        });
    }
    assert_eq!(spares, [false, true, true, false]);
    // At the bound.
    let mut lane = Lane::default();
    let buffers = |bytes| Buffers {
        body: Vec::with_capacity(bytes),
        ..Buffers::default()
    };
    assert!(lane.keep(buffers(LARGEST_SPARE + 1)).is_some());
    assert!(lane.keep(buffers(LARGEST_SPARE)).is_none());
    assert!(
        lane.keep(buffers(10)).is_none(),
        "the lane keeps one at most"
    );
}

#[test]
fn the_oldest_moment_of_a_lane_is_that_of_its_first_payload() {
    let now = Instant::now();
    let mut lane = Lane::default();
    assert_eq!((lane.opened(), lane.oldest()), (None, None));
    lane.push_barrier(DoneFlag::default());
    lane.push_upsert(upsert(event(50), now));
    push(&mut lane, 50, later(now, 1));
    assert_eq!(lane.opened(), Some(now));
    assert_eq!(
        lane.oldest(),
        Some(later(now, 1)),
        "upserts are not dropped"
    );
    lane.drop_oldest(later(now, 2)).expect("an event");
    assert_eq!(lane.oldest(), None);
}

#[test]
fn segments_whose_events_were_dropped_do_not_stay() {
    let now = Instant::now();
    let mut lane = Lane::default();
    for _ in 0..40 {
        push(&mut lane, 50, now);
    }
    assert_eq!(lane.entries.len(), 10);
    for _ in 0..39 {
        lane.drop_oldest(now).expect("an event");
        lane.settle_dropped(DROPPED, 1);
    }
    assert_eq!(lane.entries.len(), 1);
    lane.drop_oldest(now).expect("an event");
    lane.settle_dropped(DROPPED, 1);
    assert_eq!(lane.settled_to(), 40);
    assert_eq!(push(&mut lane, 50, now), Pushed::Joined);
    assert_eq!(
        lane.front(LIMITS),
        Front::Events {
            opened: now,
            due: false
        }
    );
}

#[test]
fn upserts_of_one_subject_share_a_request_of_this_size() {
    let now = Instant::now();
    let body = event(50);
    for (bytes, together) in [(99, 1), (100, 2), (149, 2), (150, 3)] {
        let mut lane = Lane::default();
        for _ in 0..3 {
            lane.push_upsert(upsert(body.clone(), now));
        }
        let taken = lane.take_upsert(bytes).expect("an upsert");
        assert_eq!(1 + taken.merged.len(), together, "{bytes} bytes");
        assert_eq!(lane.queued(), 3 - together as u64);
        lane.settle(Settlement::Delivered, together as u64);
        assert_eq!(lane.settled_to(), together as u64);
    }
}

#[test]
fn a_segment_is_opened_like_the_full_one_before_it() {
    let now = Instant::now();
    let mut lane = Lane::default();
    let mut before = Vec::new();
    let mut open_after = |full: Option<&Segment>, _: Option<Buffers>| {
        before.push(full.map(Segment::held));
        open(now)
    };
    lane.push_event(&event(200), None, LIMITS, &mut open_after);
    lane.push_event(&event(200), None, LIMITS, &mut open_after);
    lane.push_upsert(upsert(event(50), now));
    lane.push_event(&event(200), None, LIMITS, &mut open_after);
    // 200 bytes and their bracket.
    assert_eq!(before, [None, Some(201), None]);
}

#[test]
fn a_receipt_stays_with_the_event_that_was_pushed_last() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 50, now);
    push(&mut lane, 50, now);
    let (sender, _receipt) = crate::delivery::receipts::receipt();
    lane.add_receipt(sender);
    let receipts = [(); 2].map(|()| {
        let dropped = lane.drop_oldest(now).expect("an event");
        dropped.receipt.is_some()
    });
    assert_eq!(receipts, [false, true]);
}

#[test]
fn an_event_that_does_not_fit_into_a_request_stays() {
    let now = Instant::now();
    let mut request = Some(open(now));
    for (bytes, taken) in [(150, true), (150, false)] {
        let mut lane = Lane::default();
        push(&mut lane, bytes, now);
        let outcome = lane.take_events(&mut request, LIMITS, || open(now));
        assert_eq!(outcome.is_some(), taken);
        assert_eq!(lane.queued(), u64::from(!taken));
        assert_eq!(lane.front(LIMITS) == Front::Nothing, taken);
    }
    assert_eq!(request.expect("a request").len(), 1);
}

#[test]
fn the_moment_of_the_oldest_event_is_estimated_between_two_segments() {
    let now = Instant::now();
    let mut lane = Lane::default();
    push(&mut lane, 100, now);
    push(&mut lane, 100, later(now, 1));
    push(&mut lane, 200, later(now, 10));
    lane.drop_oldest(later(now, 90)).expect("an event");
    assert_eq!(lane.oldest(), Some(later(now, 5)));
}
