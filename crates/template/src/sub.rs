//! `Fn::Sub`.

use std::collections::BTreeMap;

use crate::evaluate::Evaluator;
use crate::place::Place;
use crate::syntax::Syntax;
use crate::text::Text;
use crate::value::{Node, Value};

impl Evaluator<'_> {
    pub(crate) fn sub(&mut self, argument: &Syntax, place: Place) -> Node {
        let (template, own) = match argument.elements() {
            [template, own] => (template, Some(own)),
            _ => (argument, None),
        };
        let Some(text) = template.as_str() else {
            return self.wrong(place, "`Fn::Sub` takes a string".to_owned());
        };
        let entries = own.map(Syntax::entries).unwrap_or_default();
        let own: BTreeMap<&str, Node> =
            entries.iter().map(|entry| (&*entry.key, self.evaluate(&entry.value))).collect();
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(Text::literal(before).marked());
            let Some((name, tail)) = after.split_once('}') else {
                return self.wrong(place, "`${` is never closed".to_owned());
            };
            rest = tail;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(Text::literal(&format!("${{{literal}}}")).marked());
                continue;
            }
            let name = name.trim();
            let node = match (own.get(name), name.split_once('.')) {
                (Some(node), _) => node.clone(),
                (None, Some((id, attribute))) => self.attribute_of(id, attribute, place),
                (None, None) => self.named(name, place),
            };
            match node.as_text() {
                Some(text) => out.push_str(text.marked()),
                None => return self.wrong(place, format!("`${{{name}}}` is no string")),
            }
        }
        out.push_str(Text::literal(rest).marked());
        let text = Text::from_marked(out);
        match text.as_hole() {
            Some(id) => Node { via: Some(id), ..Node::new(Value::Hole(id), place) },
            None => Node::new(Value::Text(text), place),
        }
    }
}
