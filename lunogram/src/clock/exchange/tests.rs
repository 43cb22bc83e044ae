use super::*;
use std::task::Waker;
use tokio::sync::Semaphore;

/// A request that a server of the clock has.
fn exchange(clock: &Arc<Manual>) -> (Exchange, Served) {
    let exchange = Exchange::begin(clock);
    let served = Served::new(clock, exchange.id());
    (exchange, served)
}

/// Polls once, as the thread of a busy server does at some later time.
fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The result of [`Manual::idle`], if it returns at once.
fn idle(clock: &Manual) -> Poll<Option<Duration>> {
    poll(pin!(clock.idle()))
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn clock_stands_still_from_the_end_of_a_sleep_until_the_server_has_worked() {
    let clock = Arc::new(Manual::new(0));
    let (exchange, served) = exchange(&clock);
    let end = clock.now() + SECOND;
    let mut work = pin!(served.work(async {
        served.wait(clock.sleep_until(end)).await;
        served.wait(clock.sleep_until(end + SECOND)).await;
    }));
    assert!(idle(&clock).is_pending(), "the server has not begun");
    for _ in 0..2 {
        assert!(poll(work.as_mut()).is_pending());
        assert_eq!(idle(&clock), Poll::Ready(Some(SECOND)));
        clock.advance(SECOND);
        assert!(idle(&clock).is_pending(), "the server was woken");
    }
    assert!(poll(work.as_mut()).is_ready());
    assert!(idle(&clock).is_pending(), "the client waits for the answer");
    drop(exchange);
    assert_eq!(idle(&clock), Poll::Ready(None));
}

#[test]
fn clock_stands_still_while_one_request_makes_room_for_another() {
    let clock = Arc::new(Manual::new(0));
    let room = Arc::new(Semaphore::new(1));
    let (of_first, first) = exchange(&clock);
    let (_of_second, second) = exchange(&clock);
    let one_at_a_time = |served: Served| {
        let (clock, room) = (Arc::clone(&clock), Arc::clone(&room));
        let end = clock.now() + SECOND;
        async move {
            let work = async {
                let _room = served.wait(room.acquire()).await;
                served.wait(clock.sleep_until(end)).await;
            };
            served.work(work).await;
        }
    };
    let mut first = Box::pin(one_at_a_time(first));
    let mut second = Box::pin(one_at_a_time(second));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    // The first client gives up; the server's work goes on.
    drop(of_first);
    assert_eq!(idle(&clock), Poll::Ready(Some(SECOND)));
    clock.advance(SECOND);
    assert!(poll(first.as_mut()).is_ready());
    assert!(idle(&clock).is_pending(), "the second request has room");
}

#[test]
fn clock_stands_still_while_a_connection_is_cut() {
    let clock = Arc::new(Manual::new(0));
    let (exchange, served) = exchange(&clock);
    let (far, end) = (clock.now() + 2 * SECOND, clock.now() + SECOND);
    let mut work = pin!(served.work(served.wait(clock.sleep_until(far))));
    assert!(poll(work.as_mut()).is_pending());
    let mut cut = Box::pin(async {
        let of_server = Clock::Manual(Arc::clone(&clock));
        served.answered_at(&of_server, end).await;
    });
    assert!(poll(cut.as_mut()).is_pending());
    assert_eq!(idle(&clock), Poll::Ready(Some(SECOND)));
    clock.advance(SECOND);
    assert!(poll(cut.as_mut()).is_ready());
    assert!(idle(&clock).is_pending(), "the client has not noticed it");
    drop(exchange);
    assert_eq!(idle(&clock), Poll::Ready(Some(SECOND)));
}
