//! From hcl-edit's tree, which keeps every comment and blank, to ours.

use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::structure::{Body as HclBody, Structure};
use hcl_edit::template::{Directive, Element, Template};
use template::{FileId, Node, Place, Problem, Text, Value};

use super::nesting;
use super::syntax::{Binary, Block, Body, Call, Expr, For, Kind, Part, Step};

/// Reads a `.tf` or `.tfvars` file.
pub(crate) fn body(text: &str, file: FileId) -> Result<Body, Problem> {
    if let Some((at, message)) = nesting::too_deep(text, nesting::Kind::Code) {
        return Err(Problem::new(Place::new(file, at, at), message));
    }
    let parsed = hcl_edit::parser::parse_body(text).map_err(|error| {
        let at = error.location().offset();
        let end =
            text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
        let place = Place::new(file, at.min(text.len()), end);
        Problem::new(place, format!("not HCL: {}", error.message().replace('\n', "; ")))
    })?;
    Ok(Lower { file, whole: None }.body(&parsed))
}

/// Reads a template, such as a string of `.tf.json` or a file for `templatefile`. All of it stands at `place`.
pub(crate) fn template(text: &str, place: Place) -> Expr {
    if let Some((_, message)) = nesting::too_deep(text, nesting::Kind::Template) {
        return Expr::new(Kind::Broken(message.into()), place);
    }
    match hcl_edit::parser::parse_template(text) {
        Ok(parsed) => {
            let lower = Lower { file: place.file, whole: Some(place) };
            match lower.parts(&parsed).as_slice() {
                [] => Expr::new(Kind::Literal(Node::text("", place)), place),
                [Part::Literal(text)] => Expr::new(Kind::Literal(Node::text(text, place)), place),
                [Part::Interpolation(expr)] => expr.clone(),
                parts => Expr::new(Kind::Template(parts.to_vec()), place),
            }
        }
        Err(error) => Expr::new(Kind::Broken(error.message().into()), place),
    }
}

/// Reads an expression, such as a reference in `.tf.json`.
pub(crate) fn expression(text: &str, place: Place) -> Option<Expr> {
    if nesting::too_deep(text, nesting::Kind::Code).is_some() {
        return None;
    }
    let parsed = hcl_edit::parser::parse_expr(text).ok()?;
    Some(Lower { file: place.file, whole: Some(place) }.expr(&parsed))
}

struct Lower {
    file: FileId,
    /// Set where the text is not a file: everything stands here.
    whole: Option<Place>,
}

impl Lower {
    fn place(&self, span: Option<Range<usize>>) -> Place {
        match (self.whole, span) {
            (Some(place), _) => place,
            (None, Some(span)) => Place::new(self.file, span.start, span.end),
            (None, None) => Place::new(self.file, 0, 0),
        }
    }

    fn body(&self, body: &HclBody) -> Body {
        let mut out = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    out.attributes
                        .push((attribute.key.as_str().into(), self.expr(&attribute.value)));
                }
                Structure::Block(block) => {
                    let extent = self.place(block.span());
                    let start = self.place(block.ident.span());
                    let last =
                        block.labels.last().and_then(Span::span).or_else(|| block.ident.span());
                    let header = Place { end: self.place(last).end, ..start };
                    out.blocks.push(Block {
                        kind: block.ident.as_str().into(),
                        labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
                        body: self.body(&block.body),
                        header,
                        extent: Place { start: start.start, ..extent },
                    });
                }
            }
        }
        out
    }

    fn expr(&self, expr: &Expression) -> Expr {
        let place = self.place(expr.span());
        let literal = |value| Kind::Literal(Node::new(value, place));
        let kind = match expr {
            Expression::Null(_) => literal(Value::Null),
            Expression::Bool(value) => literal(Value::Bool(*value.value())),
            Expression::Number(number) => {
                literal(Value::Number(number.value().as_f64().unwrap_or_default()))
            }
            Expression::String(text) => literal(Value::Text(Text::literal(text.value()))),
            Expression::Array(elements) => {
                Kind::List(elements.iter().map(|element| self.expr(element)).collect())
            }
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => Kind::Template(self.elements(template.iter())),
            Expression::HeredocTemplate(heredoc) => Kind::Template(self.parts(&heredoc.template)),
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => Kind::Variable(name.as_str().into()),
            Expression::Conditional(three) => Kind::Conditional(Box::new([
                self.expr(&three.cond_expr),
                self.expr(&three.true_expr),
                self.expr(&three.false_expr),
            ])),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => {
                return self.traversal(&traversal.expr, &traversal.operators, place);
            }
            Expression::UnaryOp(unary) => {
                let inner = Box::new(self.expr(&unary.expr));
                match unary.operator.value() {
                    UnaryOperator::Neg => Kind::Negative(inner),
                    UnaryOperator::Not => Kind::Not(inner),
                }
            }
            Expression::BinaryOp(binary) => Kind::Binary(
                operator(*binary.operator.value()),
                Box::new([self.expr(&binary.lhs_expr), self.expr(&binary.rhs_expr)]),
            ),
            Expression::ForExpr(each) => self.each(each),
        };
        Expr::new(kind, place)
    }

    fn object(&self, object: &Object) -> Kind {
        let entries = object.iter().map(|(key, value)| {
            let key = match key {
                ObjectKey::Ident(ident) => {
                    let place = self.place(ident.span());
                    Expr::new(Kind::Literal(Node::text(ident.as_str(), place)), place)
                }
                // `(var.x) = …` and "…" are expressions; a bare word is a name.
                ObjectKey::Expression(Expression::Variable(name)) => {
                    let place = self.place(name.span());
                    Expr::new(Kind::Literal(Node::text(name.as_str(), place)), place)
                }
                ObjectKey::Expression(expr) => self.expr(expr),
            };
            (key, self.expr(value.expr()))
        });
        Kind::Object(entries.collect())
    }

    fn call(&self, call: &FuncCall) -> Kind {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        Kind::Call(Box::new(Call {
            name: name.trim_start_matches("core::").into(),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand: call.args.expand_final(),
        }))
    }

    fn each(&self, each: &ForExpr) -> Kind {
        Kind::For(Box::new(For {
            key: each.intro.key_var.as_ref().map(|key| key.as_str().into()),
            value: each.intro.value_var.as_str().into(),
            collection: self.expr(&each.intro.collection_expr),
            key_of: each.key_expr.as_ref().map(|key| self.expr(key)),
            value_of: self.expr(&each.value_expr),
            grouping: each.grouping,
            condition: each.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }))
    }

    fn traversal(
        &self,
        root: &Expression,
        operators: &[hcl_edit::Decorated<TraversalOperator>],
        place: Place,
    ) -> Expr {
        let mut expr = self.expr(root);
        let mut steps: Option<(Vec<Step>, bool)> = None;
        for operator in operators {
            let place = Place { start: place.start, ..self.place(operator.span()) };
            let step = match operator.value() {
                TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().into()),
                TraversalOperator::Index(index) => Step::Index(self.expr(index)),
                TraversalOperator::LegacyIndex(index) => {
                    #[expect(clippy::cast_precision_loss, reason = "an index")]
                    let number = Node::new(Value::Number(*index.value() as f64), place);
                    Step::Index(Expr::new(Kind::Literal(number), place))
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    let full = matches!(operator.value(), TraversalOperator::FullSplat(_));
                    if let Some((steps, _)) = steps.take() {
                        expr = Expr::new(Kind::Splat(Box::new(expr), steps), place);
                    }
                    steps = Some((Vec::new(), full));
                    continue;
                }
            };
            match (&mut steps, &step) {
                // `list.*.name[0]` takes an element of the result; `list[*].name[0]`, of each name.
                (Some((_, false)), Step::Index(_)) => {
                    let (steps, _) = steps.take().unwrap_or_default();
                    expr = Expr::new(Kind::Splat(Box::new(expr), steps), place);
                    expr = apply(expr, step, place);
                }
                (Some((steps, _)), _) => steps.push(step),
                (None, _) => expr = apply(expr, step, place),
            }
        }
        if let Some((steps, _)) = steps {
            expr = Expr::new(Kind::Splat(Box::new(expr), steps), place);
        }
        expr.place = place;
        expr
    }

    fn parts(&self, template: &Template) -> Vec<Part> {
        self.elements(template.iter())
    }

    fn elements<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut strip_next = false;
        for element in elements {
            let (strip_before, strip_after) = strips(element);
            if strip_before && let Some(Part::Literal(text)) = parts.last_mut() {
                *text = text.trim_end().into();
            }
            let part = match element {
                Element::Literal(text) => {
                    let text: &str = text.value();
                    let text = if strip_next { text.trim_start() } else { text };
                    Part::Literal(text.into())
                }
                Element::Interpolation(inner) => Part::Interpolation(self.expr(&inner.expr)),
                Element::Directive(directive) => self.directive(directive),
            };
            strip_next = strip_after;
            parts.push(part);
        }
        parts
    }

    fn directive(&self, directive: &Directive) -> Part {
        match directive {
            Directive::If(it) => {
                let no = it.else_expr.as_ref();
                let end = it.endif_expr.strip.strip_start();
                let middle = no.map_or(end, |no| no.strip.strip_start());
                let yes = self.parts(&it.if_expr.template);
                let yes = trimmed(yes, it.if_expr.strip.strip_end(), middle);
                let no = no.map(|no| trimmed(self.parts(&no.template), no.strip.strip_end(), end));
                Part::If(Box::new(self.expr(&it.if_expr.cond_expr)), yes, no.unwrap_or_default())
            }
            Directive::For(it) => {
                let parts = self.parts(&it.for_expr.template);
                let end = it.endfor_expr.strip.strip_start();
                Part::For {
                    key: it.for_expr.key_var.as_ref().map(|key| key.as_str().into()),
                    value: it.for_expr.value_var.as_str().into(),
                    collection: Box::new(self.expr(&it.for_expr.collection_expr)),
                    parts: trimmed(parts, it.for_expr.strip.strip_end(), end),
                }
            }
        }
    }
}

/// Whether an element takes the blanks before it, and those after it.
fn strips(element: &Element) -> (bool, bool) {
    let (first, last) = match element {
        Element::Literal(_) => return (false, false),
        Element::Interpolation(inner) => (inner.strip, inner.strip),
        Element::Directive(directive) => match &**directive {
            Directive::If(it) => (it.if_expr.strip, it.endif_expr.strip),
            Directive::For(it) => (it.for_expr.strip, it.endfor_expr.strip),
        },
    };
    (first.strip_start(), last.strip_end())
}

fn trimmed(mut parts: Vec<Part>, start: bool, end: bool) -> Vec<Part> {
    if start && let Some(Part::Literal(text)) = parts.first_mut() {
        *text = text.trim_start().into();
    }
    if end && let Some(Part::Literal(text)) = parts.last_mut() {
        *text = text.trim_end().into();
    }
    parts
}

fn apply(expr: Expr, step: Step, place: Place) -> Expr {
    let kind = match step {
        Step::Attribute(name) => Kind::Attribute(Box::new(expr), name),
        Step::Index(index) => Kind::Index(Box::new(expr), Box::new(index)),
    };
    Expr::new(kind, place)
}

fn operator(operator: BinaryOperator) -> Binary {
    match operator {
        BinaryOperator::Eq => Binary::Equal,
        BinaryOperator::NotEq => Binary::NotEqual,
        BinaryOperator::LessEq => Binary::LessEqual,
        BinaryOperator::GreaterEq => Binary::GreaterEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::Plus => Binary::Plus,
        BinaryOperator::Minus => Binary::Minus,
        BinaryOperator::Mul => Binary::Times,
        BinaryOperator::Div => Binary::Divide,
        BinaryOperator::Mod => Binary::Modulo,
        BinaryOperator::And => Binary::And,
        BinaryOperator::Or => Binary::Or,
    }
}

/// Names are shared, as they are compared and kept by the thousand.
pub(crate) type Name = Arc<str>;
