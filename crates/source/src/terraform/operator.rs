//! Operators over values that may be unknown.

use template::{HoleId, Node, Place, Value};

use super::Fault;
use super::syntax::{Binary, Expr};
use super::world::{Scope, World};

impl World<'_> {
    pub(crate) fn binary(
        &mut self,
        operator: Binary,
        two: &[Expr; 2],
        scope: &mut Scope,
        place: Place,
    ) -> Result<Node, Fault> {
        let [left, right] = two;
        let left = self.evaluate(left, scope)?;
        // What decides alone decides, whatever the other side is.
        let decisive = match operator {
            Binary::And => Some(false),
            Binary::Or => Some(true),
            _ => None,
        };
        if decisive.is_some() && left.as_bool() == decisive {
            return Ok(Node::new(Value::Bool(decisive == Some(true)), place));
        }
        let right = self.evaluate(right, scope)?;
        if decisive.is_some() {
            if right.as_bool() == decisive {
                return Ok(Node::new(Value::Bool(decisive == Some(true)), place));
            }
            return match (left.as_bool(), right.as_bool(), left.as_hole().or(right.as_hole())) {
                (Some(left), Some(right), _) => {
                    let value = if operator == Binary::And { left && right } else { left || right };
                    Ok(Node::new(Value::Bool(value), place))
                }
                (_, _, Some(id)) => Ok(Node::new(Value::Hole(id), place)),
                _ => Err(Fault::new(place, "the operator takes true or false")),
            };
        }
        if matches!(operator, Binary::Equal | Binary::NotEqual) {
            return Ok(match equal(&left, &right) {
                Ok(same) => Node::new(Value::Bool(same == (operator == Binary::Equal)), place),
                Err(id) => Node::new(Value::Hole(id), place),
            });
        }
        if let Some(id) = left.as_hole().or(right.as_hole()) {
            return Ok(Node::new(Value::Hole(id), place));
        }
        let (Some(left), Some(right)) = (left.as_number(), right.as_number()) else {
            return Err(Fault::new(place, "the operator takes numbers"));
        };
        arithmetic(operator, left, right, place)
    }
}

fn arithmetic(operator: Binary, left: f64, right: f64, place: Place) -> Result<Node, Fault> {
    let value = match operator {
        Binary::Plus => Value::Number(left + right),
        Binary::Minus => Value::Number(left - right),
        Binary::Times => Value::Number(left * right),
        Binary::Divide | Binary::Modulo if right == 0.0 => {
            return Err(Fault::new(place, "division by zero"));
        }
        Binary::Divide => Value::Number(left / right),
        Binary::Modulo => Value::Number(left % right),
        Binary::Less => Value::Bool(left < right),
        Binary::LessEqual => Value::Bool(left <= right),
        Binary::Greater => Value::Bool(left > right),
        Binary::GreaterEqual => Value::Bool(left >= right),
        _ => return Err(Fault::new(place, "the operator takes other values")),
    };
    Ok(Node::new(value, place))
}

/// Whether two values are equal; a hole if that is not known.
pub(crate) fn equal(left: &Node, right: &Node) -> Result<bool, HoleId> {
    if let (Some(one), Some(other)) = (left.as_hole(), right.as_hole())
        && one == other
    {
        return Ok(true);
    }
    match (&left.value, &right.value) {
        (Value::Null, Value::Null) => Ok(true),
        (Value::List(one), Value::List(other)) => {
            if one.len() != other.len() {
                return Ok(false);
            }
            all_equal(one.iter().zip(other.iter()))
        }
        (Value::Map(one), Value::Map(other)) => {
            if !one.keys().eq(other.keys()) {
                return Ok(false);
            }
            all_equal(one.values().zip(other.values()))
        }
        (Value::Number(one), Value::Number(other)) => Ok((one - other).abs() < f64::EPSILON),
        (Value::Bool(one), Value::Bool(other)) => Ok(one == other),
        (Value::Instance(one), Value::Instance(other)) => Ok(one == other),
        _ => match (left.as_text(), right.as_text()) {
            (Some(one), Some(other)) => {
                let unknown = one.holes().next().or_else(|| other.holes().next());
                match unknown {
                    Some(_) if one == other => Ok(true),
                    Some(id) => Err(id),
                    None => Ok(one == other),
                }
            }
            _ => match left.as_hole().or(right.as_hole()) {
                Some(id) => Err(id),
                None => Ok(false),
            },
        },
    }
}

fn all_equal<'n>(mut pairs: impl Iterator<Item = (&'n Node, &'n Node)>) -> Result<bool, HoleId> {
    let mut unknown = None;
    let differ = pairs.any(|(one, other)| match equal(one, other) {
        Ok(same) => !same,
        Err(id) => {
            unknown = Some(id);
            false
        }
    });
    match (differ, unknown) {
        (true, _) => Ok(false),
        (false, Some(id)) => Err(id),
        (false, None) => Ok(true),
    }
}
