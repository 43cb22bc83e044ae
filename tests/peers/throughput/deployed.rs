//! A sink with the limits of a deployed server. It serves one key.
//!
//! Nothing is processed: the sink computes when a server with these limits would process each
//! event. So an event counts even if the server would process it after the last driver has ended.

use crate::sink::{Serve, head};
use lunogram_peers::{NAME, unix_millis};
use memchr::memmem;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// A deployed server closes a connection that sends nothing for this long.
const IDLE: Duration = Duration::from_secs(5);

/// The sliding window in which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// The limits of a deployed server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time that each event of a request takes, one after the other.
    pub(crate) per_event: Duration,
    /// Requests that are processed at the same time, if there is a limit. Others wait, and their
    /// time to answer runs.
    pub(crate) at_a_time: Option<usize>,
    /// The time from the end of a request's headers to its answer. A request that takes longer is
    /// processed to its end, and the connection is cut instead of an answer.
    pub(crate) answer: Duration,
    /// Requests in any minute. A further one is refused with 429, and does not count.
    pub(crate) per_minute: usize,
}

impl Limits {
    /// Parses the output of [`Display`](fmt::Display).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers: Result<Vec<u64>, _> = text.split(' ').map(str::parse).collect();
        let [per_event, at_a_time, answer, per_minute] = numbers.ok()?[..] else {
            return None;
        };
        let at_a_time = usize::try_from(at_a_time).ok()?;
        Some(Self {
            per_event: Duration::from_millis(per_event),
            at_a_time: (at_a_time > 0).then_some(at_a_time),
            answer: Duration::from_millis(answer),
            per_minute: usize::try_from(per_minute).ok()?,
        })
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.per_event.as_millis(),
            self.at_a_time.unwrap_or_default(),
            self.answer.as_millis(),
            self.per_minute
        )
    }
}

/// The counts of a sink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    /// Events that arrived, each counted once.
    pub(crate) arrived: f64,
    /// Arrivals of events that had arrived before.
    pub(crate) duplicates: f64,
    /// The most arrivals of one event.
    pub(crate) most_copies: f64,
    /// All requests.
    pub(crate) requests: f64,
    /// Requests with events.
    pub(crate) event_requests: f64,
    /// Requests that were answered 429.
    pub(crate) refused: f64,
    /// The age that 99 % of the events do not exceed when they first arrive, in milliseconds.
    pub(crate) age_99: f64,
    /// The greatest age, in milliseconds.
    pub(crate) age_most: f64,
}

impl Report {
    /// Parses the output of [`Display`](fmt::Display).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers: Result<Vec<f64>, _> = text.split(' ').map(str::parse).collect();
        let [
            arrived,
            duplicates,
            most_copies,
            requests,
            event_requests,
            refused,
            age_99,
            age_most,
        ] = numbers.ok()?[..]
        else {
            return None;
        };
        Some(Self {
            arrived,
            duplicates,
            most_copies,
            requests,
            event_requests,
            refused,
            age_99,
            age_most,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            arrived,
            duplicates,
            most_copies,
            requests,
            event_requests,
            refused,
            age_99,
            age_most,
        } = self;
        write!(f, "{arrived} {duplicates} {most_copies} {requests} ")?;
        write!(f, "{event_requests} {refused} {age_99} {age_most}")
    }
}

pub(crate) struct Deployed {
    limits: Limits,
    state: Mutex<State>,
}

struct State {
    /// The moments from which the server can process another request, one for each of those that it
    /// processes at the same time. Empty if there is no limit.
    free: Vec<Instant>,
    /// The requests of the last minute.
    window: VecDeque<Instant>,
    arrivals: HashMap<u64, Arrival>,
    requests: u32,
    event_requests: u32,
    refused: u32,
}

/// The arrivals of one event.
struct Arrival {
    copies: u32,
    /// The age at the first of them, in milliseconds.
    age: f64,
}

/// An event in a request.
struct Event {
    number: u64,
    tracked_at: f64,
}

/// The server's answer to a request.
enum Decision {
    /// Success, once it has processed the request: at this moment.
    Process(Instant),
    /// 429: the request is refused for this many seconds.
    Refuse(u64),
}

impl Deployed {
    pub(crate) fn new(limits: Limits) -> Self {
        let state = State {
            free: vec![Instant::now(); limits.at_a_time.unwrap_or_default()],
            window: VecDeque::new(),
            arrivals: HashMap::new(),
            requests: 0,
            event_requests: 0,
            refused: 0,
        };
        Self {
            limits,
            state: Mutex::new(state),
        }
    }

    fn decide(&self, body: &[u8]) -> Decision {
        let events = events(body);
        let (now, unix_now) = (Instant::now(), unix_millis());
        let mut state = self.state.lock().expect("no thread has panicked");
        state.requests += 1;
        state.event_requests += u32::from(!events.is_empty());
        if let Some(seconds) = state.refusal(now, self.limits.per_minute) {
            state.refused += 1;
            return Decision::Refuse(seconds);
        }
        let count = u32::try_from(events.len()).expect("a request has far fewer events");
        let mut at = state.occupy(now, self.limits.per_event * count);
        for event in &events {
            at += self.limits.per_event;
            let wait = at.saturating_duration_since(now).as_secs_f64() * 1e3;
            state.arrive(event.number, unix_now + wait - event.tracked_at);
        }
        Decision::Process(at)
    }
}

impl State {
    /// Counts a request, or returns the seconds to wait if the last minute has no room for it.
    fn refusal(&mut self, now: Instant, per_minute: usize) -> Option<u64> {
        while self.window.front().is_some_and(|at| now - *at >= WINDOW) {
            self.window.pop_front();
        }
        if self.window.len() < per_minute {
            self.window.push_back(now);
            return None;
        }
        let age = self.window.front().map_or(Duration::ZERO, |at| now - *at);
        let wait = WINDOW.saturating_sub(age);
        let partial = u64::from(wait.subsec_nanos() > 0);
        Some((wait.as_secs() + partial).clamp(1, WINDOW.as_secs()))
    }

    /// Returns when the server starts to process a request that takes this time: as soon as it can,
    /// after the requests that came before.
    fn occupy(&mut self, now: Instant, time: Duration) -> Instant {
        let Some(free) = self.free.iter_mut().min() else {
            return now;
        };
        let start = now.max(*free);
        *free = start + time;
        start
    }

    fn arrive(&mut self, number: u64, age: f64) {
        let first = Arrival { copies: 0, age };
        let arrival = self.arrivals.entry(number).or_insert(first);
        arrival.copies += 1;
        arrival.age = arrival.age.min(age);
    }
}

impl Serve for Deployed {
    fn respond(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(IDLE))?;
        let mut reader = BufReader::new(stream);
        let mut body = Vec::new();
        loop {
            let head = head(&mut reader)?;
            let cut = Instant::now() + self.limits.answer;
            body.resize(head.length, 0);
            reader.read_exact(&mut body)?;
            match self.decide(&body) {
                Decision::Process(end) => {
                    thread::sleep(end.min(cut).saturating_duration_since(Instant::now()));
                    if end > cut {
                        // Dropping the stream closes the connection.
                        return Ok(());
                    }
                    stream.write_all(head.accepted().as_bytes())?;
                }
                Decision::Refuse(seconds) => stream.write_all(refused(seconds).as_bytes())?,
            }
        }
    }

    fn report(&self) -> String {
        let state = self.state.lock().expect("no thread has panicked");
        let arrived = state.arrivals.len();
        let copies = || state.arrivals.values().map(|arrival| arrival.copies);
        let mut ages: Vec<_> = state.arrivals.values().map(|arrival| arrival.age).collect();
        ages.sort_by(f64::total_cmp);
        let age = |percent: usize| {
            let index = (arrived * percent).div_ceil(100).saturating_sub(1);
            ages.get(index).copied().unwrap_or_default()
        };
        let arrived = u32::try_from(arrived).expect("far fewer events");
        Report {
            arrived: f64::from(arrived),
            duplicates: f64::from(copies().sum::<u32>() - arrived),
            most_copies: f64::from(copies().max().unwrap_or_default()),
            requests: f64::from(state.requests),
            event_requests: f64::from(state.event_requests),
            refused: f64::from(state.refused),
            age_99: age(99),
            age_most: age(100),
        }
        .to_string()
    }
}

fn refused(seconds: u64) -> String {
    let body = r#"{"title":"Too Many Requests","detail":"too many requests"}"#;
    format!(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: {seconds}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The events of a body. Each crate writes these two properties once for each event, and without
/// spaces.
fn events(body: &[u8]) -> Vec<Event> {
    let numbers = values(body, r#""quantity":"#);
    let times = values(body, r#""amount":"#);
    let events: Vec<_> = numbers
        .zip(times)
        .filter_map(|(number, tracked_at)| {
            Some(Event {
                number: number.parse().ok()?,
                tracked_at: tracked_at.parse().ok()?,
            })
        })
        .collect();
    let names = memmem::find_iter(body, NAME).count();
    assert_eq!(events.len(), names, "an event without a number or a time");
    events
}

/// The texts of the numbers that follow `key`.
fn values<'a>(body: &'a [u8], key: &'static str) -> impl Iterator<Item = &'a str> {
    memmem::find_iter(body, key).map(move |at| {
        let value = body.get(at + key.len()..).unwrap_or_default();
        let end = value.iter().position(|byte| matches!(byte, b',' | b'}'));
        let value = value.get(..end.unwrap_or_default()).unwrap_or_default();
        std::str::from_utf8(value).unwrap_or_default()
    })
}
