//! The intrinsic functions.
//!
//! Source: CloudFormation user guide, "intrinsic function reference", "condition functions", "pseudo parameters".

use std::net::Ipv4Addr;

use crate::base64::base64;
use crate::evaluate::{Decided, Evaluator};
use crate::place::Place;
use crate::syntax::Syntax;
use crate::text::Text;
use crate::value::{Node, Value, write_json};

/// The most subnets that `Fn::Cidr` makes (user guide: 256).
const MAX_CIDR_BLOCKS: usize = 256;

impl Evaluator<'_> {
    pub(crate) fn call(&mut self, name: &str, argument: &Syntax, place: Place) -> Node {
        match name {
            "Ref" => self.reference(argument, place),
            "Condition" | "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => {
                match self.truth_of(name, argument, place) {
                    Decided::Known(value) => Node::new(Value::Bool(value), place),
                    Decided::Unknown(because) => self.hole(&because, place),
                }
            }
            "Fn::If" => self.choose(argument, place),
            "Fn::GetAtt" => self.get_att(argument, place),
            "Fn::Sub" => self.sub(argument, place),
            "Fn::Join" => self.join(argument, place),
            "Fn::Select" => self.select(argument, place),
            "Fn::Split" => self.split(argument, place),
            "Fn::FindInMap" => self.find_in_map(argument, place),
            "Fn::Base64" => self.base64(argument, place),
            "Fn::Cidr" => self.cidr(argument, place),
            "Fn::ImportValue" => self.import(argument, place),
            "Fn::Length" => self.length(argument, place),
            "Fn::ToJsonString" => self.json_string(argument, place),
            "Fn::GetAZs" => self.zones(argument, place),
            "Fn::Transform" => self.hole("a macro makes it when it is deployed", place),
            other => self.wrong(place, format!("`{other}` is not an intrinsic function")),
        }
    }

    fn reference(&mut self, argument: &Syntax, place: Place) -> Node {
        let Some(name) = argument.as_str() else {
            return self.wrong(place, format!("`Ref` takes a name, not {}", argument.name()));
        };
        self.named(name, place)
    }

    /// A parameter, pseudo parameter or resource by its name.
    pub(crate) fn named(&mut self, name: &str, place: Place) -> Node {
        if let Some(value) = self.pseudo.get(name) {
            return Node::text(value, place);
        }
        match name {
            "AWS::NoValue" => return Node::new(Value::Null, place),
            "AWS::NotificationARNs" => {
                let arns = self.pseudo.notification_arns.iter();
                return Node::list(arns.map(|arn| Node::text(arn, place)).collect(), place);
            }
            "AWS::AccountId" | "AWS::Region" | "AWS::Partition" | "AWS::URLSuffix"
            | "AWS::StackName" | "AWS::StackId" => {
                let id = self.holes.attribute("AWS", name.trim_start_matches("AWS::"));
                return Node::new(Value::Hole(id), place);
            }
            _ => {}
        }
        if let Some(value) = self.parameters.get(name) {
            return value.clone().at(place);
        }
        if let Some(parameter) = self.document.parameter(name) {
            return self.default_of(parameter, place);
        }
        if self.document.resource(name).is_some() {
            self.used.insert(name.to_owned());
            let id = self.holes.attribute(name, "Ref");
            let mut node = self
                .attributes
                .reference(name)
                .unwrap_or_else(|| Node::new(Value::Hole(id), place));
            node.via = Some(id);
            return node.at(place);
        }
        self.wrong(place, format!("there is no parameter or resource `{name}`"))
    }

    fn default_of(&mut self, parameter: &crate::Parameter, place: Place) -> Node {
        let by_lookup = parameter.kind.starts_with("AWS::SSM::Parameter");
        match &parameter.default {
            Some(default) if !by_lookup => {
                let text = default.as_str().unwrap_or_default();
                if parameter.kind.contains("List") {
                    let parts = text.split(',').map(|part| Node::text(part.trim(), place));
                    return Node::list(parts.collect(), place);
                }
                Node::text(text, place)
            }
            _ => {
                let because = format!("the parameter `{}` has no default", parameter.name);
                self.hole(&because, place)
            }
        }
    }

    fn get_att(&mut self, argument: &Syntax, place: Place) -> Node {
        let [id, attribute] = argument.elements() else {
            let message = "`Fn::GetAtt` takes a logical id and an attribute".to_owned();
            return self.wrong(place, message);
        };
        let (Some(id), attribute) = (id.as_str().map(str::to_owned), self.evaluate(attribute))
        else {
            return self.wrong(place, "`Fn::GetAtt` takes a logical id first".to_owned());
        };
        match attribute.as_str() {
            Some(attribute) => self.attribute_of(&id, attribute, place),
            None => self.hole("the attribute's name is not known", place),
        }
    }

    pub(crate) fn attribute_of(&mut self, id: &str, attribute: &str, place: Place) -> Node {
        if self.document.resource(id).is_none() {
            return self.wrong(place, format!("there is no resource `{id}`"));
        }
        self.used.insert(id.to_owned());
        let hole = self.holes.attribute(id, attribute);
        let mut node = self
            .attributes
            .attribute(id, attribute)
            .unwrap_or_else(|| Node::new(Value::Hole(hole), place));
        node.via = Some(hole);
        node.at(place)
    }

    fn choose(&mut self, argument: &Syntax, place: Place) -> Node {
        let [condition, yes, no] = argument.elements() else {
            return self.wrong(place, "`Fn::If` takes a condition and two values".to_owned());
        };
        let Some(name) = condition.as_str().map(str::to_owned) else {
            return self.wrong(place, "`Fn::If` takes a condition's name first".to_owned());
        };
        match self.decide(&name, place) {
            Decided::Known(true) => self.evaluate(yes),
            Decided::Known(false) => self.evaluate(no),
            Decided::Unknown(because) => {
                // For what they refer to.
                self.evaluate(yes);
                self.evaluate(no);
                self.hole(&because, place)
            }
        }
    }

    fn join(&mut self, argument: &Syntax, place: Place) -> Node {
        let [delimiter, list] = argument.elements() else {
            return self.wrong(place, "`Fn::Join` takes a delimiter and a list".to_owned());
        };
        let (delimiter, list) = (self.evaluate(delimiter), self.evaluate(list));
        if let (Value::Hole(id), _) | (_, Value::Hole(id)) = (&delimiter.value, &list.value) {
            return Node::new(Value::Hole(*id), place);
        }
        let Some(delimiter) = delimiter.as_text() else {
            return self.wrong(place, "the delimiter of `Fn::Join` is no string".to_owned());
        };
        let parts: Option<Vec<Text>> = list.elements().iter().map(Node::as_text).collect();
        let Some(parts) = parts else {
            return self.wrong(place, "`Fn::Join` takes a list of strings".to_owned());
        };
        let marked: Vec<&str> = parts.iter().map(Text::marked).collect();
        Node::new(Value::Text(Text::from_marked(marked.join(delimiter.marked()))), place)
    }

    fn select(&mut self, argument: &Syntax, place: Place) -> Node {
        let [index, list] = argument.elements() else {
            return self.wrong(place, "`Fn::Select` takes an index and a list".to_owned());
        };
        let (index, list) = (self.evaluate(index), self.evaluate(list));
        if let (Value::Hole(id), _) | (_, Value::Hole(id)) = (&index.value, &list.value) {
            return Node::new(Value::Hole(*id), place);
        }
        let at = index.as_number().filter(|number| *number >= 0.0 && number.fract() == 0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        let found = at.and_then(|at| list.elements().get(at as usize));
        match found {
            Some(node) => node.clone(),
            None => self.wrong(place, "`Fn::Select` has no element at this index".to_owned()),
        }
    }

    fn split(&mut self, argument: &Syntax, place: Place) -> Node {
        let [delimiter, source] = argument.elements() else {
            return self.wrong(place, "`Fn::Split` takes a delimiter and a string".to_owned());
        };
        let (delimiter, source) = (self.evaluate(delimiter), self.evaluate(source));
        if let Some(id) = source.as_hole() {
            return Node::new(Value::Hole(id), place);
        }
        let (Some(delimiter), Some(source)) = (delimiter.as_str(), source.as_text()) else {
            return self.wrong(place, "`Fn::Split` takes two strings".to_owned());
        };
        if delimiter.is_empty() {
            return self.wrong(place, "the delimiter of `Fn::Split` is empty".to_owned());
        }
        let parts = source.marked().split(delimiter);
        let text = |part: &str| Node::new(Value::Text(Text::from_marked(part)), place);
        Node::list(parts.map(text).collect(), place)
    }

    fn find_in_map(&mut self, argument: &Syntax, place: Place) -> Node {
        let [map, first, second, rest @ ..] = argument.elements() else {
            return self.wrong(place, "`Fn::FindInMap` takes a map and two keys".to_owned());
        };
        let keys = [self.evaluate(map), self.evaluate(first), self.evaluate(second)];
        if let Some(id) = keys.iter().find_map(Node::first_hole) {
            return Node::new(Value::Hole(id), place);
        }
        let mut found = self.document.mappings.as_ref();
        for key in &keys {
            found = found.zip(key.as_text()).and_then(|(at, key)| at.get(key.known()?));
        }
        let default = rest.first().and_then(|options| options.get("DefaultValue"));
        match found.or(default).cloned() {
            Some(value) => self.evaluate(&value).at(place),
            None => {
                let shown: Vec<String> =
                    keys.iter().map(|key| key.as_str().unwrap_or_default().to_owned()).collect();
                self.wrong(place, format!("`Mappings` has nothing under `{}`", shown.join(" / ")))
            }
        }
    }

    fn base64(&mut self, argument: &Syntax, place: Place) -> Node {
        let node = self.evaluate(argument);
        let Some(text) = node.as_text() else {
            return self.wrong(place, "`Fn::Base64` takes a string".to_owned());
        };
        match text.known() {
            Some(known) => {
                let mut encoded = Node::text(&base64(known.as_bytes()), place);
                encoded.decoded = Some(std::sync::Arc::new(node));
                encoded
            }
            None => {
                let mut hole = self.hole("parts of the text are not known", place);
                hole.decoded = Some(std::sync::Arc::new(node));
                hole
            }
        }
    }

    fn cidr(&mut self, argument: &Syntax, place: Place) -> Node {
        let parts: Vec<Node> = argument.elements().iter().map(|part| self.evaluate(part)).collect();
        if let Some(id) = parts.iter().find_map(Node::first_hole) {
            return Node::new(Value::Hole(id), place);
        }
        let block = parts.first().and_then(Node::as_str).map(str::to_owned);
        let count = parts.get(1).and_then(Node::as_number);
        let bits = parts.get(2).and_then(Node::as_number).unwrap_or(8.0);
        match block.zip(count).and_then(|(block, count)| cidr_blocks(&block, count, bits)) {
            Some(blocks) => {
                Node::list(blocks.iter().map(|block| Node::text(block, place)).collect(), place)
            }
            None => {
                self.wrong(place, "`Fn::Cidr` takes an IPv4 block, a count and bits".to_owned())
            }
        }
    }

    fn import(&mut self, argument: &Syntax, place: Place) -> Node {
        let name = self.evaluate(argument);
        let known = name.as_str().map(str::to_owned);
        match known.as_deref().and_then(|name| self.attributes.export(name)) {
            Some(value) => value.at(place),
            None => {
                let shown = known.unwrap_or_else(|| "…".to_owned());
                self.hole(&format!("`{shown}` is exported by another stack"), place)
            }
        }
    }

    /// An empty region is the stack's own.
    fn zones(&mut self, argument: &Syntax, place: Place) -> Node {
        let region = self.evaluate(argument);
        let own = self.pseudo.region.as_deref();
        let region = region.as_str().filter(|region| !region.is_empty()).or(own);
        match region.and_then(|region| self.attributes.zones(region)) {
            Some(zones) => {
                Node::list(zones.iter().map(|zone| Node::text(zone, place)).collect(), place)
            }
            None => self.hole("the region's zones are listed when it is deployed", place),
        }
    }

    fn length(&mut self, argument: &Syntax, place: Place) -> Node {
        let node = self.evaluate(argument);
        match &node.value {
            #[expect(clippy::cast_precision_loss, reason = "lists are short")]
            Value::List(nodes) => Node::new(Value::Number(nodes.len() as f64), place),
            Value::Hole(id) => Node::new(Value::Hole(*id), place),
            _ => self.wrong(place, "`Fn::Length` takes a list".to_owned()),
        }
    }

    fn json_string(&mut self, argument: &Syntax, place: Place) -> Node {
        let node = self.evaluate(argument);
        let mut out = String::new();
        write_json(&node, &mut out);
        let mut text = Node::new(Value::Text(Text::from_marked(out)), place);
        text.decoded = Some(std::sync::Arc::new(node));
        text
    }
}

fn cidr_blocks(block: &str, count: f64, bits: f64) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let base = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    if !(1.0..=32.0).contains(&bits) || !(1.0..=256.0).contains(&count) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    let (count, bits) = ((count as usize).min(MAX_CIDR_BLOCKS), bits as u32);
    let size = 1u64 << bits;
    let mask = u64::from(u32::MAX) << (32 - prefix);
    let start = u64::from(base) & mask;
    let end = start + (1u64 << (32 - prefix));
    let blocks: Vec<String> = (0..count as u64)
        .map(|index| start + index * size)
        .take_while(|at| at + size <= end)
        .filter_map(|at| u32::try_from(at).ok())
        .map(|at| format!("{}/{}", Ipv4Addr::from(at), 32 - bits))
        .collect();
    (blocks.len() == count).then_some(blocks)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Document, Evaluator, FileId, Holes, NothingExists, Pseudo, read, write_json};

    /// The value of `V` in a template with a few parameters, mappings and conditions; holes as `<reason>`.
    fn check(value: &str, expected: &str) {
        let text = format!(
            "Parameters: {{P: {{Type: String, Default: p}}, Q: {{Type: String}}, \
             L: {{Type: CommaDelimitedList, Default: 'a, b'}}}}\n\
             Mappings: {{M: {{a: {{b: 007}}}}}}\n\
             Conditions:\n  Yes: !Equals [!Ref P, p]\n  No: !Not [!Condition Yes]\n  \
             What: !Equals [!Ref Q, q]\n  Loop: !Not [{{Condition: Loop}}]\n  \
             Either: !Or [!Condition What, !Condition Yes]\n\
             Resources: {{R: {{Type: 'AWS::IAM::Role'}}}}\nV: {value}\n"
        );
        let tree = read(&text, FileId(0)).unwrap();
        let document = Document::new(&tree);
        let (parameters, mut holes) = (BTreeMap::new(), Holes::default());
        let pseudo = Pseudo { region: Some("us-east-1".into()), ..Pseudo::default() };
        let mut evaluator =
            Evaluator::new(&document, &parameters, &pseudo, &NothingExists, &mut holes);
        let node = evaluator.evaluate(tree.get("V").unwrap());
        let mut problems = String::new();
        for problem in evaluator.take_problems() {
            problems.push_str(&format!(" !{}", problem.message));
        }
        let mut json = String::new();
        write_json(&node, &mut json);
        let json = crate::Text::from_marked(json);
        let shown = json.fill(|id| format!("<{}>", holes.reason(id)));
        assert_eq!(format!("{shown}{problems}"), expected, "{value}");
    }

    #[test]
    fn functions() {
        for (value, expected) in [
            ("!Ref P", r#""p""#),
            ("!Ref L", r#"["a","b"]"#),
            ("!Ref Q", r#""<the parameter `Q` has no default>""#),
            ("!Sub 'a-${P}-${AWS::Region}-${!x}'", r#""a-p-us-east-1-${x}""#),
            ("!Sub '${R.Arn}/x'", r#""<`R.Arn` is known only after apply>/x""#),
            ("!Sub ['${a}${P}', {a: b}]", r#""bp""#),
            ("!Join ['-', [a, !Ref P]]", r#""a-p""#),
            ("!Select [1, !Split [',', 'a,b']]", r#""b""#),
            ("!FindInMap [M, a, b]", r#""007""#),
            ("!FindInMap [M, x, b, {DefaultValue: d}]", r#""d""#),
            ("!If [Yes, 1, 2]", "1"),
            ("!If [No, 1, !Ref 'AWS::NoValue']", "null"),
            ("[1, !If [No, 1, !Ref 'AWS::NoValue']]", "[1]"),
            ("!If [Either, 1, 2]", "1"),
            ("!If [What, 1, 2]", r#""<the parameter `Q` has no default>""#),
            ("!Base64 abcd", r#""YWJjZA==""#),
            ("!Cidr ['10.0.0.0/24', 2, 5]", r#"["10.0.0.0/27","10.0.0.32/27"]"#),
            ("{'Fn::ToJsonString': {b: 1, a: !Ref P}}", r#""{\"a\":\"p\",\"b\":1}""#),
            ("{'Fn::Length': [a, b]}", "2"),
            ("!ImportValue x", r#""<`x` is exported by another stack>""#),
            (
                "'{{resolve:ssm:x}}!'",
                r#""<`{{resolve:ssm:x}}` is looked up when it is deployed>!""#,
            ),
        ] {
            check(value, expected);
        }
    }

    #[test]
    fn what_is_wrong() {
        for (value, part) in [
            ("!Ref Nobody", "there is no parameter or resource `Nobody`"),
            ("!GetAtt Nobody.Arn", "there is no resource `Nobody`"),
            ("!If [Loop, 1, 2]", "the condition `Loop` needs itself"),
            ("!Nonsense x", "`Fn::Nonsense` is not an intrinsic function"),
            ("!Sub '${P'", "`${` is never closed"),
        ] {
            check(value, &format!("\"<{part}>\" !{part}"));
        }
    }
}
