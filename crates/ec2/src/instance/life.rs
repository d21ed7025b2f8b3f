//! What an instance is doing, from its row and the time.
//!
//! A row keeps where the instance is going and when it arrives; on the way it is `pending`, `stopping` or
//! `shutting-down`. Whoever asked for the change is answered with the state on the way, whoever polls after
//! the arrival sees the state there.

use names::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a terminated instance can still be seen, in seconds: "about one hour" (API reference,
/// `DescribeInstances`: "recently terminated instances might appear").
pub const TERMINATED_VISIBLE_SECONDS: i64 = 60 * 60;

/// Where an instance is going, or has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Where to.
    pub target: Target,
    /// When it set out.
    pub since: Timestamp,
    /// When it arrives.
    pub settles: Timestamp,
    /// Who sent it: `StateTransitionReason`, and the code of `StateReason`.
    pub reason: Option<Reason>,
}

/// A state in which an instance stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// `running`
    Running,
    /// `stopped`
    Stopped,
    /// `terminated`
    Terminated,
}

/// Why an instance is not running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Somebody called `StopInstances` or `TerminateInstances`.
    User,
    /// The request for the Spot Instance was given up together with it.
    SpotRequest,
}

/// A state as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// 0
    Pending,
    /// 16
    Running,
    /// 32
    ShuttingDown,
    /// 48
    Terminated,
    /// 64
    Stopping,
    /// 80
    Stopped,
}

/// A state as EC2 answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StateShape {
    code: u8,
    name: &'static str,
}

/// Why an instance is in its state, as EC2 answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateReason {
    code: &'static str,
    message: String,
}

impl Life {
    /// On the way to `target` since `now`.
    #[must_use]
    pub fn towards(target: Target, now: Timestamp, seconds: i64, reason: Option<Reason>) -> Self {
        Self { target, since: now, settles: now.plus_seconds(seconds), reason }
    }

    /// The state at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        if now < self.settles { self.on_the_way() } else { self.arrived() }
    }

    /// The state on the way, which the operation that sends the instance there answers.
    #[must_use]
    pub fn on_the_way(&self) -> State {
        match self.target {
            Target::Running => State::Pending,
            Target::Stopped => State::Stopping,
            Target::Terminated => State::ShuttingDown,
        }
    }

    /// The state there.
    #[must_use]
    pub fn arrived(&self) -> State {
        match self.target {
            Target::Running => State::Running,
            Target::Stopped => State::Stopped,
            Target::Terminated => State::Terminated,
        }
    }

    /// Whether the instance is gone, or going.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.target == Target::Terminated
    }

    /// Whether it can no longer be seen.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.is_over() && now >= self.settles.plus_seconds(TERMINATED_VISIBLE_SECONDS)
    }

    /// `StateTransitionReason`: empty, or `User initiated (2026-01-31 12:00:00 GMT)`.
    #[must_use]
    pub fn transition_reason(&self) -> String {
        match self.reason {
            Some(Reason::User) => format!("User initiated ({})", gmt(self.since)),
            Some(Reason::SpotRequest) => format!("Service initiated ({})", gmt(self.since)),
            None => String::new(),
        }
    }

    /// `StateReason` (API reference, `StateReason`).
    #[must_use]
    pub fn state_reason(&self, state: State) -> Option<StateReason> {
        let (code, text) = match (state, self.reason) {
            (State::Pending, _) => ("pending", "pending"),
            (_, Some(Reason::User)) => (
                "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown",
            ),
            (_, Some(Reason::SpotRequest)) => (
                "Server.SpotInstanceTermination",
                "Server.SpotInstanceTermination: Spot instance termination",
            ),
            (_, None) => return None,
        };
        Some(StateReason { code, message: text.to_owned() })
    }
}

impl StateReason {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }
}

/// `2026-01-31 12:00:00 GMT`
fn gmt(time: Timestamp) -> String {
    time.to_string().replace('T', " ").replace('Z', " GMT")
}

impl State {
    /// The API's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// The low byte of the API's code; the high one is EC2's own business.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// As EC2 answers it.
    #[must_use]
    pub fn shape(self) -> StateShape {
        StateShape { code: self.code(), name: self.name() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_follow_the_time() {
        let at = Timestamp::from_unix_seconds;
        for (target, on_the_way, arrived) in [
            (Target::Running, "pending", "running"),
            (Target::Stopped, "stopping", "stopped"),
            (Target::Terminated, "shutting-down", "terminated"),
        ] {
            let life = Life::towards(target, at(100), 10, None);
            assert_eq!(life.state(at(109)).name(), on_the_way);
            assert_eq!(life.state(at(110)).name(), arrived);
            let at_once = Life::towards(target, at(100), 0, None);
            assert_eq!(at_once.state(at(100)).name(), arrived);
            assert_eq!(at_once.on_the_way().name(), on_the_way);
        }
        let over = Life::towards(Target::Terminated, at(0), 0, Some(Reason::User));
        assert!(!over.is_forgotten(at(3599)));
        assert!(over.is_forgotten(at(3600)));
        assert!(!Life::towards(Target::Stopped, at(0), 0, None).is_forgotten(at(9999)));
        assert_eq!(over.transition_reason(), "User initiated (1970-01-01 00:00:00 GMT)");
    }
}
