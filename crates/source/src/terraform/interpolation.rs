//! Strings with `${…}` and `%{…}` in them.

use template::{Node, Place, Text, Value};

use super::syntax::Part;
use super::world::{Scope, World, bounded};
use super::{Fault, MAX_TEXT_BYTES};

impl World<'_> {
    pub(crate) fn interpolate(
        &mut self,
        parts: &[Part],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        // `"${x}"` is x, whatever its type.
        if let [Part::Interpolation(only)] = parts {
            return self.evaluate(only, scope).map(|node| node.at(place));
        }
        let mut out = String::new();
        match self.write_parts(parts, scope, &mut out, place)? {
            Some(unknown) => Ok(unknown.at(place)),
            None => bounded(out, place),
        }
    }

    /// Appends the parts; a hole if it is not known which of them there are.
    fn write_parts(
        &mut self,
        parts: &[Part],
        scope: &mut Scope,
        out: &mut String,
        place: Place,
    ) -> Result<Option<Node>, Fault> {
        for part in parts {
            if out.len() > MAX_TEXT_BYTES {
                return Err(Fault::new(place, "the text grows longer than what is made"));
            }
            let unknown = match part {
                Part::Literal(text) => {
                    out.push_str(Text::literal(text).marked());
                    None
                }
                Part::Interpolation(expr) => {
                    let mut node = self.evaluate(expr, scope)?;
                    if node.is_null() {
                        node = self.null_in_text(expr);
                    }
                    let Some(text) = node.as_text() else {
                        return Err(Fault::new(
                            expr.place,
                            "only a string can be put into a string",
                        ));
                    };
                    out.push_str(text.marked());
                    None
                }
                Part::If(condition, yes, no) => {
                    let node = self.evaluate(condition, scope)?;
                    match (node.as_bool(), node.first_hole()) {
                        (Some(true), _) => self.write_parts(yes, scope, out, place)?,
                        (Some(false), _) => self.write_parts(no, scope, out, place)?,
                        (None, Some(id)) => Some(Node::new(Value::Hole(id), place)),
                        (None, None) => {
                            return Err(Fault::new(condition.place, "`if` needs true or false"));
                        }
                    }
                }
                Part::For { key, value, collection, parts } => {
                    let node = self.evaluate(collection, scope)?;
                    match super::expression::pairs(&node) {
                        Some(pairs) => {
                            let mut unknown = None;
                            let depth = scope.names.len();
                            for (k, v) in pairs {
                                if let Some(name) = key {
                                    scope.names.push((name.clone(), k));
                                }
                                scope.names.push((value.clone(), v));
                                let result = self.write_parts(parts, scope, out, place);
                                scope.names.truncate(depth);
                                unknown = unknown.or(result?);
                            }
                            unknown
                        }
                        None => Some(self.hole("the number of rounds is not known", place)),
                    }
                }
            };
            if unknown.is_some() {
                return Ok(unknown);
            }
        }
        Ok(None)
    }
}
