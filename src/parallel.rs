//! Work on several threads, with the answers in the order of the work.

use crate::offset::Position;
use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// As many threads as the machine runs at once.
pub(crate) fn threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Threads that turn `T`s into `R`s.
///
/// A thread that waits for an answer works too, so that one thread is enough, and then nothing is
/// started. How far ahead work is given out is up to the caller: it decides how much memory the
/// answers take.
pub(crate) struct Ordered<T, R> {
    shared: Arc<Shared<T, R>>,
    workers: Vec<JoinHandle<()>>,
    most: usize,
}

struct Shared<T, R> {
    work: Box<dyn Fn(T) -> R + Send + Sync>,
    state: Mutex<State<T, R>>,
    given: Condvar,
    done: Condvar,
}

struct State<T, R> {
    /// Work that no thread has begun, each with its number.
    waiting: VecDeque<(u64, T)>,
    /// The answers from number `taken` on, as far as they are there.
    answers: VecDeque<Option<Answer<R>>>,
    taken: u64,
    over: bool,
}

/// An answer, or the panic of the thread that computed it, which is passed on to the caller of
/// `pop`.
type Answer<R> = Result<R, Box<dyn Any + Send>>;

impl<T: Send + 'static, R: Send + 'static> Ordered<T, R> {
    /// Does `work` on as many threads, the caller's own included.
    pub(crate) fn new(
        threads: NonZeroUsize,
        work: impl Fn(T) -> R + Send + Sync + 'static,
    ) -> Ordered<T, R> {
        let state = State {
            waiting: VecDeque::new(),
            answers: VecDeque::new(),
            taken: 0,
            over: false,
        };
        Ordered {
            shared: Arc::new(Shared {
                work: Box::new(work),
                state: Mutex::new(state),
                given: Condvar::new(),
                done: Condvar::new(),
            }),
            workers: Vec::new(),
            most: threads.get().since(1),
        }
    }

    /// Gives out work.
    pub(crate) fn push(&mut self, item: T) {
        let mut state = self.shared.lock();
        let number = state.taken.past(state.answers.len() as u64);
        state.answers.push_back(None);
        state.waiting.push_back((number, item));
        drop(state);
        if self.workers.len() < self.most {
            let shared = Arc::clone(&self.shared);
            // Where the system gives no more threads, the existing ones do the work.
            let worker = thread::Builder::new().spawn(move || shared.serve());
            self.workers.extend(worker);
        }
        self.shared.given.notify_one();
    }

    /// How many answers are still to be taken.
    pub(crate) fn pending(&self) -> usize {
        self.shared.lock().answers.len()
    }

    /// Drops the work that no thread has begun, and the answers to the rest.
    pub(crate) fn discard(&mut self) {
        let mut state = self.shared.lock();
        // What was pushed last is begun last.
        let begun = state.answers.len().since(state.waiting.len());
        state.answers.truncate(begun);
        state.waiting.clear();
        drop(state);
        while self.pop().is_some() {}
    }

    /// The answer to the oldest work; `None` where none is pending.
    pub(crate) fn pop(&mut self) -> Option<R> {
        let mut state = self.shared.lock();
        loop {
            match state.answers.front_mut()?.take() {
                Some(answer) => {
                    state.answers.pop_front();
                    state.taken.advance(1);
                    drop(state);
                    return match answer {
                        Ok(answer) => Some(answer),
                        Err(panic) => panic::resume_unwind(panic),
                    };
                }
                None => {
                    state = match state.waiting.pop_front() {
                        Some((number, item)) => self.shared.answer(state, number, item),
                        None => wait(&self.shared.done, state),
                    };
                }
            }
        }
    }
}

impl<T, R> Shared<T, R> {
    fn lock(&self) -> MutexGuard<'_, State<T, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        let mut state = self.lock();
        while !state.over {
            state = match state.waiting.pop_front() {
                Some((number, item)) => self.answer(state, number, item),
                None => wait(&self.given, state),
            };
        }
    }

    fn answer<'a>(
        &'a self,
        state: MutexGuard<'a, State<T, R>>,
        number: u64,
        item: T,
    ) -> MutexGuard<'a, State<T, R>> {
        drop(state);
        let answer = panic::catch_unwind(AssertUnwindSafe(|| (self.work)(item)));
        let mut state = self.lock();
        let place = usize::try_from(number.since(state.taken)).ok();
        if let Some(place) = place.and_then(|place| state.answers.get_mut(place)) {
            *place = Some(answer);
        }
        self.done.notify_one();
        state
    }
}

fn wait<'a, S>(condition: &Condvar, state: MutexGuard<'a, S>) -> MutexGuard<'a, S> {
    condition
        .wait(state)
        .unwrap_or_else(PoisonError::into_inner)
}

impl<T, R> Drop for Ordered<T, R> {
    /// Work that no thread has begun is dropped; work that one has begun is waited for.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.over = true;
        state.waiting.clear();
        drop(state);
        self.shared.given.notify_all();
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

impl<T, R> fmt::Debug for Ordered<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ordered").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn with(threads: usize, work: fn(u64) -> u64) -> Ordered<u64, u64> {
        Ordered::new(NonZeroUsize::new(threads).unwrap(), work)
    }

    #[test]
    fn answers_come_in_the_order_of_the_work() {
        for threads in [1, 2, 5] {
            let mut pool = with(threads, |n| {
                thread::sleep(Duration::from_micros(n * 7919 % 300));
                n * 2
            });
            let mut found = Vec::new();
            for n in 0..200 {
                pool.push(n);
                if pool.pending() > 16 {
                    found.extend(pool.pop());
                }
            }
            found.extend(std::iter::from_fn(|| pool.pop()));
            let expected: Vec<u64> = (0..200).map(|n| n * 2).collect();
            assert_eq!(found, expected, "{threads} threads");
        }
    }

    #[test]
    fn a_panic_is_that_of_whoever_takes_the_answer() {
        let mut pool = with(2, |n| if n == 1 { panic!("one") } else { n });
        (0..3).for_each(|n| pool.push(n));
        assert_eq!(pool.pop(), Some(0));
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| pool.pop()));
        assert!(panicked.is_err());
        assert_eq!(pool.pop(), Some(2));
        assert_eq!(pool.pop(), None);
    }

    #[test]
    fn what_is_discarded_is_not_answered_and_what_comes_after_is() {
        for threads in [1, 2, 5] {
            let mut pool = with(threads, |n| n);
            for round in 0..50 {
                (0..round).for_each(|n| pool.push(n));
                pool.discard();
                assert_eq!(pool.pending(), 0);
                assert_eq!(pool.pop(), None);
                pool.push(round);
                pool.push(round + 1);
                assert_eq!(pool.pop(), Some(round));
                assert_eq!(pool.pop(), Some(round + 1));
            }
        }
    }

    #[test]
    fn what_nobody_takes_holds_nobody_up() {
        let mut pool = with(3, |n| n);
        (0..100).for_each(|n| pool.push(n));
        drop(pool);
    }
}
