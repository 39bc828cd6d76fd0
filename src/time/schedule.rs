//! What waits for what decides when everything is over, and which delay delays the whole.

use super::Window;
use std::collections::BTreeSet;

/// Something that takes time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// Seconds.
    pub takes: u64,
    /// The tasks that must be over before, by their place in the list.
    pub after: Vec<usize>,
    /// The hours of the day at which it may happen; at any without them.
    pub window: Option<Window>,
}

/// When a task happens, in seconds from the beginning of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub start: u64,
    pub end: u64,
    /// The latest start that delays nothing that comes after, and not the end of the whole.
    pub latest_start: u64,
    /// Whether it decides when everything is over: it is on the critical path, the chain of tasks, each of which waits for
    /// the one before, that ends last; or it has no slack, because another chain is as long.
    pub critical: bool,
}

impl Slot {
    /// By how many seconds it may start later and nothing ends later.
    pub fn slack(&self) -> u64 {
        self.latest_start - self.start
    }
}

/// When every task happens, and what decides the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// In the order of the tasks.
    pub slots: Vec<Slot>,
    /// Seconds from the beginning to the end of the last task.
    pub length: u64,
    /// The critical path: tasks by their place, in their order in time.
    pub critical: Vec<usize>,
}

/// Tasks that wait for each other, by their place: each for the next one, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle(pub Vec<usize>);

/// Starts every task as early as it can. `midnight` is the second of the day at which the schedule begins; it matters only
/// to windows. A place in `after` that is no task's is left out.
///
/// # Errors
/// When tasks wait for each other.
pub fn schedule(tasks: &[Task], midnight: u64) -> Result<Schedule, Cycle> {
    let order = order(tasks)?;
    let before = |task: &Task| task.after.iter().copied().filter(|at| *at < tasks.len()).collect::<Vec<_>>();
    let mut slots = vec![Slot { start: 0, end: 0, latest_start: 0, critical: false }; tasks.len()];
    for &at in &order {
        let task = &tasks[at];
        let ready = before(task).into_iter().map(|before| slots[before].end).max().unwrap_or(0);
        let start = task.window.map_or(ready, |window| window.next(ready, task.takes, midnight));
        slots[at].start = start;
        slots[at].end = start + task.takes;
    }
    let length = slots.iter().map(|slot| slot.end).max().unwrap_or(0);
    let mut latest_end = vec![length; tasks.len()];
    for &at in order.iter().rev() {
        let task = &tasks[at];
        let latest = latest_end[at] - task.takes;
        let latest = task.window.map_or(Some(latest), |window| window.last(latest, task.takes, midnight));
        slots[at].latest_start = latest.map_or(slots[at].start, |latest| latest.max(slots[at].start));
        for before in before(task) {
            latest_end[before] = latest_end[before].min(slots[at].latest_start);
        }
    }
    let critical = critical(tasks, &slots);
    critical.iter().for_each(|at| slots[*at].critical = true);
    slots.iter_mut().for_each(|slot| slot.critical |= slot.slack() == 0);
    Ok(Schedule { slots, length, critical })
}

/// From what ends last back to what began first, by what each one waited for; of several, the first of the list. It ends
/// with what nothing waits for, even if that takes no time.
fn critical(tasks: &[Task], slots: &[Slot]) -> Vec<usize> {
    let last_of = |places: &mut dyn Iterator<Item = usize>| {
        places.max_by_key(|at| (slots[*at].end, std::cmp::Reverse(*at)))
    };
    let mut path = Vec::new();
    let waited_for: BTreeSet<usize> = tasks.iter().flat_map(|task| task.after.iter().copied()).collect();
    let mut next = last_of(&mut (0..tasks.len()).filter(|at| !waited_for.contains(at)));
    while let Some(at) = next {
        path.push(at);
        next = last_of(&mut tasks[at].after.iter().copied().filter(|at| *at < tasks.len()));
    }
    path.reverse();
    path
}

/// The tasks so that each comes after those that it waits for, otherwise in the order of the list.
fn order(tasks: &[Task]) -> Result<Vec<usize>, Cycle> {
    let mut followers = vec![Vec::new(); tasks.len()];
    let mut waiting = vec![0_usize; tasks.len()];
    for (at, task) in tasks.iter().enumerate() {
        for &before in task.after.iter().filter(|before| **before < tasks.len()) {
            followers[before].push(at);
            waiting[at] += 1;
        }
    }
    let mut ready: BTreeSet<usize> = (0..tasks.len()).filter(|at| waiting[*at] == 0).collect();
    let mut order = Vec::with_capacity(tasks.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for &follower in &followers[at] {
            waiting[follower] -= 1;
            if waiting[follower] == 0 {
                ready.insert(follower);
            }
        }
    }
    if order.len() == tasks.len() {
        return Ok(order);
    }
    // Whatever is left waits for something that is left: walking back comes round.
    let mut path: Vec<usize> = (0..tasks.len()).filter(|at| waiting[*at] > 0).take(1).collect();
    loop {
        let last = path[path.len() - 1];
        let before = tasks[last].after.iter().copied().find(|at| *at < tasks.len() && waiting[*at] > 0);
        let before = before.expect("broken promise: what is left waits for something that is left");
        if let Some(start) = path.iter().position(|at| *at == before) {
            let mut cycle = path.split_off(start);
            let least = cycle.iter().enumerate().min_by_key(|(_, at)| **at).map_or(0, |(place, _)| place);
            cycle.rotate_left(least);
            return Err(Cycle(cycle));
        }
        path.push(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(takes: u64, after: &[usize]) -> Task {
        Task { takes, after: after.to_vec(), window: None }
    }

    #[test]
    fn the_longest_chain_is_critical_and_the_rest_has_slack() {
        // 0 -> 1 (long), 2 (short) -> 3
        let tasks = [task(5, &[]), task(10, &[0]), task(4, &[0]), task(1, &[1, 2])];
        let schedule = schedule(&tasks, 0).expect("no cycle");
        let starts: Vec<u64> = schedule.slots.iter().map(|slot| slot.start).collect();
        assert_eq!(starts, [0, 5, 5, 15]);
        assert_eq!((schedule.length, schedule.critical), (16, vec![0, 1, 3]));
        let slack: Vec<u64> = schedule.slots.iter().map(Slot::slack).collect();
        assert_eq!(slack, [0, 0, 6, 0]);
        assert!(!schedule.slots[2].critical);
    }

    #[test]
    fn a_window_makes_work_wait_and_leaves_slack_before_it() {
        let hour = 3600;
        let night = Window::parse("22:00-06:00");
        let tasks = [task(2 * hour, &[]), Task { takes: 4 * hour, after: vec![0], window: night }];
        // It begins at 09:00, so the second waits until 22:00 and the first may begin eleven hours later.
        let schedule = schedule(&tasks, 9 * hour).expect("no cycle");
        assert_eq!(schedule.slots[1].start, 13 * hour);
        assert_eq!(schedule.slots[0].slack(), 11 * hour);
        assert_eq!((schedule.slots[1].slack(), schedule.length), (0, 17 * hour));
    }

    #[test]
    fn what_waits_for_each_other_is_named() {
        let tasks = [task(1, &[]), task(1, &[3]), task(1, &[1]), task(1, &[2, 0]), task(1, &[3])];
        assert_eq!(schedule(&tasks, 0), Err(Cycle(vec![1, 3, 2])));
        assert_eq!(schedule(&[task(1, &[0])], 0), Err(Cycle(vec![0])));
    }

    #[test]
    fn the_critical_path_ends_with_the_last_task_even_if_that_takes_no_time() {
        let tasks = [task(2, &[]), task(2, &[]), task(0, &[0, 1])];
        assert_eq!(schedule(&tasks, 0).expect("no cycle").critical, [0, 2]);
    }

    #[test]
    fn nothing_takes_no_time() {
        assert_eq!(schedule(&[], 0), Ok(Schedule::default()));
    }

    /// No start is possible earlier, and none later than `latest_start` without a later end.
    #[test]
    fn starts_are_the_earliest_and_slack_is_exact() {
        let mut seed = 7_u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for _ in 0..200 {
            let count = 1 + random(7) as usize;
            let tasks: Vec<Task> = (0..count)
                .map(|at| {
                    let mut after = Vec::new();
                    for before in 0..at {
                        if random(3) == 0 {
                            after.push(before);
                        }
                    }
                    task(random(5), &after)
                })
                .collect();
            let whole = schedule(&tasks, 0).expect("no cycle");
            for (at, slot) in whole.slots.iter().enumerate() {
                let ready = tasks[at].after.iter().map(|before| whole.slots[*before].end).max().unwrap_or(0);
                assert_eq!(slot.start, ready);
                // As a task in front of it that takes the slack, or one second more.
                for more in [0, 1] {
                    let mut delayed = tasks.clone();
                    delayed.push(task(slot.latest_start + more, &[]));
                    delayed[at].after.push(count);
                    let length = schedule(&delayed, 0).expect("no cycle").length;
                    assert_eq!(length > whole.length, more == 1, "{tasks:?} {at}");
                }
            }
            let takes: u64 = whole.critical.iter().map(|at| tasks[*at].takes).sum();
            assert_eq!(takes, whole.length);
        }
    }
}
