//! One service of `data/catalog.bin`, unpacked.
//!
//! In the notation of [`archive`](super::archive), `lines` a text whose lines are the names of the
//! service's `a` actions, `r` resource types, `t` ARN templates, `k` condition keys and `d` actions
//! that others depend on, in this order:
//!
//! ```text
//! chunk  n a, n r, n t, n k, n d, text lines, a { byte access }, k { byte type }, n { list },
//!        r { n templates }, t { byte ends at slash }, r { n list },
//!        a { n list of keys }, a { n list of actions }, a { n uses },
//!        u { n resource type * 2 + required }, u { n list of keys }, u { n list of actions }
//! list   n { n symbol }
//! ```
//!
//! A symbol below `k` is a condition key, the others are the actions depended on; `u` is the sum of
//! the uses. Columns instead of rows, because they deflate better.

use super::reader::{Damage, Reader};
use super::{
    Access, Action, ArnTemplate, ConditionKey, KeyType, Resource, ResourceUse, Service, ValueType,
};

const MULTIVALUED: u8 = 0x10;

/// Reads a service from its inflated chunk; whatever the bytes are, this never panics.
///
/// The parts refer to one another and live as long as the program, so they are leaked: once for each
/// service of the embedded file.
pub(super) fn service(prefix: &'static str, inflated: Vec<u8>) -> Result<Service, Damage> {
    let mut reader = Reader(keep(inflated));
    let names = Names::read(&mut reader)?;
    let access = reader.bytes(names.actions.len())?;
    let condition_keys = condition_keys(&names.keys, reader.bytes(names.keys.len())?)?;
    let lists = Lists::read(&mut reader, condition_keys, &names.dependents)?;
    let resources = resources(&mut reader, prefix, &names, &lists)?;
    let actions = actions(&mut reader, prefix, &names, access, resources, &lists)?;
    Ok(Service { prefix, actions, resources, condition_keys })
}

struct Names {
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    templates: Vec<&'static str>,
    keys: Vec<&'static str>,
    dependents: Vec<&'static str>,
}

impl Names {
    fn read(reader: &mut Reader<'static>) -> Result<Self, Damage> {
        let counts =
            [reader.count()?, reader.count()?, reader.count()?, reader.count()?, reader.count()?];
        let mut lines = reader.text()?.split('\n').filter(|line| !line.is_empty());
        let names = counts.map(|count| lines.by_ref().take(count).collect::<Vec<_>>());
        if names.each_ref().map(Vec::len) != counts || lines.next().is_some() {
            return Err(Damage("a service has more or fewer names than announced"));
        }
        let [actions, resources, templates, keys, dependents] = names;
        Ok(Self { actions, resources, templates, keys, dependents })
    }
}

/// The lists that actions, resource types and uses share.
struct Lists(Vec<List>);

struct List {
    keys: &'static [&'static ConditionKey],
    dependents: &'static [&'static str],
}

impl Lists {
    fn read(
        reader: &mut Reader<'_>,
        keys: &'static [ConditionKey],
        dependents: &[&'static str],
    ) -> Result<Self, Damage> {
        let wrong = Damage("a list names nothing");
        let lists = reader.count()?;
        let one = |_| {
            let count = reader.count()?;
            let symbols = reader.numbers(count)?;
            let (of_keys, others): (Vec<_>, Vec<_>) =
                symbols.into_iter().partition(|symbol| *symbol < keys.len());
            let key = |symbol: &usize| keys.get(*symbol).ok_or(wrong);
            let dependent =
                |symbol: &usize| dependents.get(symbol - keys.len()).copied().ok_or(wrong);
            Ok(List {
                keys: keep(of_keys.iter().map(key).collect::<Result<_, _>>()?),
                dependents: keep(others.iter().map(dependent).collect::<Result<_, _>>()?),
            })
        };
        Ok(Self((0..lists).map(one).collect::<Result<_, _>>()?))
    }

    fn get(&self, number: usize) -> Result<&List, Damage> {
        self.0.get(number).ok_or(Damage("a list is missing"))
    }
}

fn condition_keys(names: &[&'static str], types: &[u8]) -> Result<&'static [ConditionKey], Damage> {
    let key = |(name, code): (&&'static str, &u8)| {
        let value = match code & !MULTIVALUED {
            0 => ValueType::String,
            1 => ValueType::Numeric,
            2 => ValueType::Date,
            3 => ValueType::Bool,
            4 => ValueType::Arn,
            5 => ValueType::IpAddress,
            6 => ValueType::Binary,
            _ => return Err(Damage("a condition key has an unknown type")),
        };
        let many = code & MULTIVALUED != 0;
        let kind = if many { KeyType::many(value) } else { KeyType::one(value) };
        Ok(ConditionKey { name, kind })
    };
    Ok(keep(names.iter().zip(types).map(key).collect::<Result<_, _>>()?))
}

fn resources(
    reader: &mut Reader<'_>,
    service: &'static str,
    names: &Names,
    lists: &Lists,
) -> Result<&'static [Resource], Damage> {
    let counts = reader.numbers(names.resources.len())?;
    let ends = reader.bytes(names.templates.len())?;
    let template =
        |(text, end): (&&'static str, &u8)| ArnTemplate { text, ends_at_slash: *end == 1 };
    let mut templates: &[ArnTemplate] =
        keep(names.templates.iter().zip(ends).map(template).collect());
    let own_lists = reader.numbers(names.resources.len())?;
    let one = |((name, count), list): ((&&'static str, usize), usize)| {
        Ok(Resource {
            service,
            name,
            arn_templates: split_off(&mut templates, count)?,
            condition_keys: lists.get(list)?.keys,
        })
    };
    let resources = names.resources.iter().zip(counts).zip(own_lists).map(one);
    Ok(keep(resources.collect::<Result<_, _>>()?))
}

fn actions(
    reader: &mut Reader<'_>,
    service: &'static str,
    names: &Names,
    access: &[u8],
    resources: &'static [Resource],
    lists: &Lists,
) -> Result<&'static [Action], Damage> {
    let count = names.actions.len();
    let (keys, dependents) = (reader.numbers(count)?, reader.numbers(count)?);
    let use_counts = reader.numbers(count)?;
    let count = use_counts.iter().fold(0, |sum: usize, count| sum.saturating_add(*count));
    let mut uses = uses(reader, count, resources, lists)?;
    let columns = names.actions.iter().zip(access).zip(keys).zip(dependents).zip(use_counts);
    let actions = columns.map(|((((name, access), keys), dependents), count)| {
        Ok(Action {
            service,
            name,
            access: access_level(*access)?,
            resources: split_off(&mut uses, count)?,
            condition_keys: lists.get(keys)?.keys,
            dependent_actions: lists.get(dependents)?.dependents,
        })
    });
    Ok(keep(actions.collect::<Result<_, _>>()?))
}

fn uses(
    reader: &mut Reader<'_>,
    count: usize,
    resources: &'static [Resource],
    lists: &Lists,
) -> Result<&'static [ResourceUse], Damage> {
    let references = reader.numbers(count)?;
    let (keys, dependents) = (reader.numbers(count)?, reader.numbers(count)?);
    let columns = references.into_iter().zip(keys).zip(dependents);
    let uses = columns.map(|((reference, keys), dependents)| {
        Ok(ResourceUse {
            resource: resources.get(reference / 2).ok_or(Damage("a resource type is missing"))?,
            required: reference % 2 == 1,
            condition_keys: lists.get(keys)?.keys,
            dependent_actions: lists.get(dependents)?.dependents,
        })
    });
    Ok(keep(uses.collect::<Result<_, _>>()?))
}

fn access_level(code: u8) -> Result<Access, Damage> {
    match code {
        0 => Ok(Access::List),
        1 => Ok(Access::Read),
        2 => Ok(Access::Write),
        3 => Ok(Access::Tagging),
        4 => Ok(Access::PermissionsManagement),
        _ => Err(Damage("an action has an unknown access level")),
    }
}

/// The next `count` of those that are left.
fn split_off<T>(left: &mut &'static [T], count: usize) -> Result<&'static [T], Damage> {
    let (next, rest) = left.split_at_checked(count).ok_or(Damage("too few parts"))?;
    *left = rest;
    Ok(next)
}

fn keep<T>(parts: Vec<T>) -> &'static [T] {
    Box::leak(parts.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::archive::archive;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Whatever the bytes of a service are, reading them ends in facts or in an error.
        #[test]
        fn damaged_services_do_no_harm(
            prefix in prop::sample::select(vec!["sqs", "polly", "lex"]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            end in any::<prop::sample::Index>(),
            cut in prop::bool::weighted(0.2),
        ) {
            let mut bytes = archive().entry(prefix).unwrap().inflate().unwrap();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            if let Ok(service) = service("damaged", bytes) {
                use_it(&service);
            }
        }

        #[test]
        fn noise_is_no_service(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(service) = service("noise", bytes) {
                use_it(&service);
            }
        }
    }

    /// Follows every reference of a service.
    fn use_it(service: &Service) {
        for action in service.actions {
            assert!(!action.to_string().is_empty());
            assert!(super::super::keys_of(action).iter().len() >= 58);
        }
        for resource in service.resources {
            assert!(!resource.to_string().is_empty());
        }
    }
}
