//! The folder of the spool: who may use it, and what must not be in it.

use lunogram::queue::{DropReason, SpoolOptions};
use lunogram::testing::Server;
use lunogram::{Client, Error, ErrorKind};
use lunogram_tests::process::{again, assert_passes};
use lunogram_tests::spool::{
    Seen, builder, cut_off, files, logs, numbers, recovered, server, track,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

async fn leave_behind(spool: &Path, events: u64) {
    let client = cut_off(spool);
    track(&client, 0..events);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
}

fn refused(client: Result<Client, Error>) -> String {
    let error = client.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Spool);
    error.to_string()
}

#[tokio::test]
async fn an_empty_log_is_damage_and_told() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    leave_behind(spool.path(), 20).await;
    for log in logs(spool.path()) {
        fs::write(log, "").expect("a writable file");
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let reasons = Arc::clone(&told);
    let client = builder(&server, spool.path())
        .on_drop(move |dropped| reasons.lock().expect("no panic").push(dropped.reason()))
        .build()
        .expect("a client");
    client.flush().await.expect("not held");
    assert_eq!(*told.lock().expect("no panic"), [DropReason::Damaged]);
    assert_eq!(client.stats().dropped(), 1);
    assert!(logs(spool.path()).is_empty());
    assert_eq!(files(spool.path(), "damaged").len(), 1);
}

#[tokio::test]
async fn the_next_client_reports_damage_if_the_folder_is_refused() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    leave_behind(spool.path(), 20).await;
    for log in logs(spool.path()) {
        fs::write(log, "").expect("a writable file");
    }
    let reserve = spool.path().join("reserve");
    fs::remove_file(&reserve).expect("a file");
    fs::create_dir(&reserve).expect("a writable folder");
    let text = refused(builder(&server, spool.path()).build());
    assert!(text.contains("reserve"), "{text}");
    fs::remove_dir(reserve).expect("a folder");
    let client = builder(&server, spool.path()).build().expect("a client");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().dropped_because(DropReason::Damaged), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_deleted_lock_lets_no_second_client_in() {
    let spool = folder();
    let first = cut_off(spool.path());
    fs::remove_file(spool.path().join("lock")).expect("a writable folder");
    let text = refused(Client::builder("sk_1").spool(spool.path()).build());
    assert!(text.contains("in use by another client"), "{text}");
    drop(first);
    drop(cut_off(spool.path()));
}

#[tokio::test]
async fn a_client_waits_for_the_lock_as_long_as_it_is_told() {
    let spool = folder();
    let first = cut_off(spool.path());
    let options = SpoolOptions::new(spool.path());
    let at_once = options.clone().wait_for_lock(Duration::ZERO);
    refused(Client::builder("sk_1").spool(at_once).build());
    let next = thread::spawn(move || cut_off(options.wait_for_lock(Duration::MAX)));
    let _ = first.shutdown(Duration::ZERO).await.expect("not held");
    drop(next.join().expect("the lock becomes free"));
}

#[cfg(unix)]
#[test]
fn what_is_not_a_file_is_refused_by_name() {
    let elsewhere = folder();
    let target = elsewhere.path().join("target");
    fs::write(&target, "").expect("a writable folder");
    let link = |path: &Path| std::os::unix::fs::symlink(&target, path).expect("a link");
    let pipe = |path: &Path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.expect("mkfifo").success());
    };
    let directory = |path: &Path| fs::create_dir(path).expect("a writable folder");
    let kinds: [&dyn Fn(&Path); 3] = [&link, &pipe, &directory];
    for make in kinds {
        for name in [
            "lock",
            "project",
            "deletions",
            "reserve",
            "0000000001.log",
            "0000000001.acks",
        ] {
            let spool = folder();
            let path = spool.path().join(name);
            make(&path);
            let text = refused(Client::builder("sk_1").spool(spool.path()).build());
            assert!(text.contains(&*path.display().to_string()), "{text}");
            assert!(text.contains("is not a file"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_last_number_is_refused_and_the_one_before_is_not_passed() {
    let spool = folder();
    fs::write(spool.path().join("4294967295.log"), "").expect("a writable folder");
    let text = refused(Client::builder("sk_1").spool(spool.path()).build());
    assert!(text.contains("4294967295, the last one"), "{text}");

    let spool = folder();
    leave_behind(spool.path(), 1).await;
    let log = &logs(spool.path())[0];
    fs::rename(log, spool.path().join("4294967294.log")).expect("a writable folder");
    let client = cut_off(spool.path());
    assert_eq!(recovered(&client).recovered(), 1);
    let error = client.track(&Seen { user: "u", n: 1 });
    assert_eq!(error.expect_err("no number").kind(), ErrorKind::Spool);
}

#[tokio::test]
async fn payloads_of_another_project_are_refused_unless_the_setting_says_otherwise() {
    let (server, spool) = (server().await, folder());
    let client = |project: Option<Uuid>, options: SpoolOptions| {
        let builder = Client::builder(server.key()).base_url(server.url());
        let builder = match project {
            Some(project) => builder.project(project),
            None => builder,
        };
        builder.spool(options).build()
    };
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let options = || SpoolOptions::new(spool.path());
    // Every client can use an empty folder.
    for project in [None, Some(one), Some(other), None] {
        drop(client(project, options()).expect("an empty folder"));
    }
    leave_behind(spool.path(), 3).await;
    let authority = server.url().trim_start_matches("http://").to_owned();
    for project in [None, Some(one)] {
        let text = refused(client(project, options()));
        assert!(text.contains("has events for 127.0.0.1:1,"), "{text}");
        assert!(
            text.contains(&authority) && text.contains("any_project"),
            "{text}"
        );
        assert!(!text.contains(server.key()), "{text}");
    }
    let read = fs::read_to_string(spool.path().join("project")).expect("a file");
    assert_eq!(read, "127.0.0.1:1, by the key");
    // The refused client has left the events in the folder.
    let next = client(None, options().any_project()).expect("any project");
    next.flush().await.expect("not held");
    assert!(numbers(&server).into_iter().eq(0..3));
    let _ = next.shutdown(Duration::ZERO).await.expect("not held");
    // The same project of the same server needs no setting.
    let last = client(Some(one), options()).expect("an empty folder");
    track(&last, 3..5);
    let _ = last.shutdown(Duration::ZERO).await.expect("not held");
    let text = refused(client(Some(other), options()));
    assert!(
        text.contains(&one.to_string()) && text.contains(&other.to_string()),
        "{text}"
    );
    let same = client(Some(one), options()).expect("the same project");
    assert_eq!(recovered(&same).recovered(), 2);
}

#[tokio::test]
async fn a_project_that_a_loss_of_power_left_empty_is_not_known() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    leave_behind(spool.path(), 3).await;
    fs::write(spool.path().join("project"), "").expect("a writable folder");
    let client = Client::builder(server.key()).base_url(server.url());
    let client = client.spool(spool.path()).build().expect("no project");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().delivered(), 3);
    let read = fs::read_to_string(spool.path().join("project")).expect("a file");
    assert_eq!(
        read,
        format!("{}, by the key", server.url().trim_start_matches("http://"))
    );
}

/// Names the folder of the spool to a process that moves to another one.
const MOVES: &str = "LUNOGRAM_TEST_MOVES";

#[tokio::test]
async fn a_relative_folder_stays_where_it_was_when_the_client_was_built() {
    if let Ok(elsewhere) = std::env::var(MOVES) {
        let client = cut_off("spool");
        std::env::set_current_dir(elsewhere).expect("a folder");
        track(&client, 0..3);
        let _ = client.shutdown(Duration::ZERO).await.expect("not held");
        return;
    }
    let (here, elsewhere) = (folder(), folder());
    let test = "spool_folder::a_relative_folder_stays_where_it_was_when_the_client_was_built";
    let mut child = again(test);
    child.env(MOVES, elsewhere.path()).current_dir(here.path());
    assert_passes(&mut child);
    let left: Vec<PathBuf> = logs(&here.path().join("spool"));
    assert_eq!(left.len(), 1);
    assert_eq!(
        recovered(&cut_off(here.path().join("spool"))).recovered(),
        3
    );
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
}
