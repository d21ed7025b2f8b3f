//! Functions of numbers.

use template::{Node, Value};

use super::{Arguments, Given, elements};
use crate::terraform::{Fault, MAX_ELEMENTS};

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    let known = |work: fn(&Arguments<'_>) -> Result<f64, Fault>| match arguments.unknown() {
        Some(unknown) => Ok(unknown),
        None => work(arguments).map(|number| arguments.node(Value::Number(number))),
    };
    Some(match arguments.name {
        "abs" => known(|it| Ok(it.number(0)?.abs())),
        "ceil" => known(|it| Ok(it.number(0)?.ceil())),
        "floor" => known(|it| Ok(it.number(0)?.floor())),
        "signum" => known(|it| Ok(it.number(0)?.signum())),
        "pow" => known(|it| Ok(it.number(0)?.powf(it.number(1)?))),
        "log" => known(|it| Ok(it.number(0)?.log(it.number(1)?))),
        "max" => known(|it| folded(it, f64::max)),
        "min" => known(|it| folded(it, f64::min)),
        "parseint" => known(|it| {
            let digits = it.string(0)?;
            let base = u32::try_from(it.index(1)?).unwrap_or_default();
            if !(2..=36).contains(&base) {
                return Err(it.wrong("takes a base from 2 to 36"));
            }
            #[expect(clippy::cast_precision_loss, reason = "as precise as numbers here are")]
            let number = i64::from_str_radix(&digits, base).map(|number| number as f64);
            number.map_err(|_| it.wrong("takes digits of this base"))
        }),
        "sum" => sum(arguments),
        "range" => range(arguments),
        _ => return None,
    })
}

fn folded(arguments: &Arguments<'_>, with: fn(f64, f64) -> f64) -> Result<f64, Fault> {
    let numbers: Result<Vec<f64>, Fault> =
        (0..arguments.list.len()).map(|at| arguments.number(at)).collect();
    numbers?.into_iter().reduce(with).ok_or_else(|| arguments.wrong("takes numbers"))
}

fn sum(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let nodes = elements!(arguments, 0);
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    Ok(arguments.node(Value::Number(nodes.iter().filter_map(Node::as_number).sum())))
}

fn range(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let (start, end) = match arguments.list.len() {
        1 => (0.0, arguments.number(0)?),
        _ => (arguments.number(0)?, arguments.number(1)?),
    };
    let step = match arguments.list.len() {
        3.. => arguments.number(2)?,
        _ if end < start => -1.0,
        _ => 1.0,
    };
    if step == 0.0 || ((end - start) / step) > MAX_ELEMENTS as f64 {
        return Err(arguments.wrong("makes a longer list than what is made"));
    }
    let mut nodes = Vec::new();
    let mut at = start;
    while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
        nodes.push(arguments.node(Value::Number(at)));
        at += step;
    }
    Ok(arguments.node(Value::List(nodes.into())))
}
