//! The queue, without a socket.

use super::*;

fn outbox(unanswered_max: u32) -> Arc<Outbox> {
    Arc::new(Outbox::new(2, unanswered_max, Touched::default()))
}

fn frame(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[test]
fn a_full_queue_skips_updates_and_never_answers() {
    let outbox = outbox(8);
    outbox.expect_answer();
    assert!(outbox.offer(frame("one")));
    assert!(outbox.offer(frame("two")));
    assert!(!outbox.offer(frame("three")));
    outbox.answer(frame("answer"), true);
    assert!(!outbox.has_caught_up(), "it is not drained yet");

    let mut taken = Vec::new();
    outbox.take(&mut taken);
    assert_eq!(taken, ["one", "two", "answer"]);
    assert!(outbox.has_caught_up());
    assert!(!outbox.has_caught_up(), "it says so once");
    assert!(outbox.offer(frame("four")));
}

#[test]
fn a_request_is_unanswered_until_its_answer_leaves_the_queue() {
    let outbox = outbox(1);
    outbox.expect_answer();
    assert!(!outbox.may_read());
    outbox.answer(frame("of an older connection"), false);
    outbox.take(&mut Vec::new());
    assert!(!outbox.may_read());
    outbox.answer(frame("of this one"), true);
    assert!(!outbox.may_read());
    outbox.take(&mut Vec::new());
    assert!(outbox.may_read());
}

#[test]
fn the_first_reason_to_close_stands() {
    let outbox = outbox(1);
    outbox.close(CloseCode::REPLACED, "first");
    outbox.close(CloseCode::GOING_AWAY, "second");
    let first = Closing { code: CloseCode::REPLACED, reason: "first" };
    assert_eq!(outbox.closing(), Some(first));
}
