//! Conditions: functions that are true, false, or not known.

use crate::evaluate::{Decided, Evaluator};
use crate::place::Place;
use crate::syntax::{Kind, Syntax};
use crate::value::{Node, write_json};

impl Evaluator<'_> {
    /// Decides the condition `name`, once.
    pub(crate) fn decide(&mut self, name: &str, place: Place) -> Decided {
        match self.conditions.get(name) {
            Some(Some(decided)) => return decided.clone(),
            Some(None) => {
                let message = format!("the condition `{name}` needs itself");
                self.wrong(place, message.clone());
                return Decided::Unknown(message);
            }
            None => {}
        }
        let Some(condition) = self.document.condition(name) else {
            let message = format!("there is no condition `{name}`");
            self.wrong(place, message.clone());
            return Decided::Unknown(message);
        };
        let body = condition.body.clone();
        self.conditions.insert(name.to_owned(), None);
        let decided = self.truth(&body);
        self.conditions.insert(name.to_owned(), Some(decided.clone()));
        decided
    }

    /// The truth of a piece of `Conditions`.
    fn truth(&mut self, syntax: &Syntax) -> Decided {
        match &syntax.kind {
            Kind::Call(name, argument) => self.truth_of(name, argument, syntax.place),
            // The long form of a reference to a condition; elsewhere such a map is plain data.
            Kind::Map(entries) => match entries.as_slice() {
                [only] if &*only.key == "Condition" => {
                    self.truth_of("Condition", &only.value, syntax.place)
                }
                _ => self.not_a_condition(syntax),
            },
            Kind::Bool(value) => Decided::Known(*value),
            _ => self.not_a_condition(syntax),
        }
    }

    fn not_a_condition(&mut self, syntax: &Syntax) -> Decided {
        let message = format!("a condition is a function, and this is {}", syntax.name());
        self.wrong(syntax.place, message.clone());
        Decided::Unknown(message)
    }

    pub(crate) fn truth_of(&mut self, name: &str, argument: &Syntax, place: Place) -> Decided {
        match name {
            "Condition" => match argument.as_str().map(str::to_owned) {
                Some(name) => self.decide(&name, place),
                None => self.not_a_condition(argument),
            },
            "Fn::Equals" => {
                let [left, right] = argument.elements() else {
                    return self.not_a_condition(argument);
                };
                let (left, right) = (self.evaluate(left), self.evaluate(right));
                match left.first_hole().or_else(|| right.first_hole()) {
                    Some(id) => Decided::Unknown(self.holes.reason(id)),
                    None => {
                        let text = |node: &Node| {
                            let mut out = String::new();
                            write_json(node, &mut out);
                            node.as_text().map_or(out, |text| text.marked().to_owned())
                        };
                        Decided::Known(text(&left) == text(&right))
                    }
                }
            }
            "Fn::Not" => match argument.elements() {
                [only] => match self.truth(only) {
                    Decided::Known(value) => Decided::Known(!value),
                    unknown => unknown,
                },
                _ => self.not_a_condition(argument),
            },
            "Fn::And" | "Fn::Or" => {
                let decisive = name == "Fn::Or";
                let parts: Vec<Decided> =
                    argument.elements().iter().map(|part| self.truth(part)).collect();
                let decided = |part: &Decided| matches!(part, Decided::Known(v) if *v == decisive);
                if parts.iter().any(decided) {
                    return Decided::Known(decisive);
                }
                let unknown = parts.into_iter().find(|part| matches!(part, Decided::Unknown(_)));
                unknown.unwrap_or(Decided::Known(!decisive))
            }
            other => match self.call(other, argument, place) {
                node if node.as_bool().is_some() => Decided::Known(node.as_bool() == Some(true)),
                node => match node.first_hole() {
                    Some(id) => Decided::Unknown(self.holes.reason(id)),
                    None => self.not_a_condition(argument),
                },
            },
        }
    }
}
