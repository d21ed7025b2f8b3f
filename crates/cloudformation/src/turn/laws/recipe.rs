//! What a resource of some type is drawn from, and the template that recipes make together.

use serde_json::{Map, Value, json};

use super::{elsewhere, iam, machine, network};

/// One way to make a resource of a type. The first of a type is the plain one.
pub(super) struct Recipe {
    pub(super) kind: &'static str,
    /// What must be there before.
    pub(super) needs: &'static [Need],
    pub(super) properties: fn(&Given<'_>) -> Value,
    /// Whether a template has at most one.
    pub(super) once: bool,
}

pub(super) enum Need {
    /// One of the type, which others may need as well.
    Any(&'static str),
    /// One that nothing else needs: plain, and new.
    Own(&'static str),
    /// One that properties do not tell of: `DependsOn`.
    After(&'static str),
}

impl Recipe {
    pub(super) const fn new(
        kind: &'static str,
        needs: &'static [Need],
        properties: fn(&Given<'_>) -> Value,
    ) -> Self {
        Self { kind, needs, properties, once: false }
    }

    pub(super) const fn once(self) -> Self {
        Self { once: true, ..self }
    }
}

/// All recipes.
pub(super) fn all() -> impl Iterator<Item = &'static Recipe> {
    [iam::RECIPES, network::RECIPES, machine::RECIPES, elsewhere::RECIPES].into_iter().flatten()
}

/// A recipe, the variation of its properties, and which of the resources it needs.
pub(super) type Choice = (usize, u8, usize);

/// The resources of a template, each after those that it needs.
#[derive(Default)]
pub(super) struct Draft(Vec<Drawn>);

struct Drawn {
    recipe: &'static Recipe,
    /// How many of the type come before.
    nth: usize,
    variation: u8,
    needs: Vec<usize>,
    /// The one that has it for itself.
    owner: Option<usize>,
}

impl Draft {
    pub(super) fn of(choices: &[Choice]) -> Self {
        let mut draft = Self::default();
        let recipes: Vec<_> = all().collect();
        for (recipe, variation, pick) in choices {
            draft.add(recipes[recipe % recipes.len()], *variation, *pick);
        }
        draft
    }

    /// Adds a resource with all that it needs.
    pub(super) fn add(&mut self, recipe: &'static Recipe, variation: u8, pick: usize) -> usize {
        let of_kind = |it: &Drawn| it.recipe.kind == recipe.kind;
        if recipe.once
            && let Some(there) = self.0.iter().position(of_kind)
        {
            return there;
        }
        let needed = recipe.needs.iter().enumerate();
        let needs: Vec<usize> =
            needed.map(|(at, need)| self.meet(need, variation, pick >> at)).collect();
        for (need, met) in recipe.needs.iter().zip(&needs) {
            if matches!(need, Need::Own(_)) {
                self.0[*met].owner = Some(self.0.len());
            }
        }
        let nth = self.0.iter().filter(|it| it.recipe.kind == recipe.kind).count();
        self.0.push(Drawn { recipe, nth, variation, needs, owner: None });
        self.0.len() - 1
    }

    fn meet(&mut self, need: &Need, variation: u8, pick: usize) -> usize {
        let (Need::Any(kind) | Need::Own(kind) | Need::After(kind)) = need;
        let fits = |it: &Drawn| it.recipe.kind == *kind && it.owner.is_none();
        let there: Vec<usize> = (0..self.0.len()).filter(|index| fits(&self.0[*index])).collect();
        let is_own = matches!(need, Need::Own(_));
        // One more now and then, though one is there.
        if !is_own && !there.is_empty() && pick % 8 != 7 {
            return there[pick % there.len()];
        }
        let plain = all().find(|recipe| recipe.kind == *kind).unwrap();
        self.add(plain, variation, pick)
    }

    /// The template, with these members beside its resources.
    pub(super) fn template(&self, more: &Value) -> String {
        let mut resources = Map::new();
        for index in 0..self.0.len() {
            let given = Given { draft: self, index };
            let recipe = self.0[index].recipe;
            let mut resource =
                json!({"Type": recipe.kind, "Properties": (recipe.properties)(&given)});
            let after =
                (0..recipe.needs.len()).filter(|at| matches!(recipe.needs[*at], Need::After(_)));
            let after: Vec<String> = after.map(|at| given.needed(at).id()).collect();
            if !after.is_empty() {
                resource["DependsOn"] = json!(after);
            }
            resources.insert(given.id(), resource);
        }
        let mut template = json!({"Resources": resources});
        for (section, members) in more.as_object().unwrap() {
            let section = &mut template[section];
            for (name, member) in members.as_object().unwrap() {
                section[name] = member.clone();
            }
        }
        template.to_string()
    }

    pub(super) fn ids(&self) -> Vec<String> {
        (0..self.0.len()).map(|index| Given { draft: self, index }.id()).collect()
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|drawn| drawn.recipe.kind)
    }
}

/// What a recipe's properties are made of: the resource itself, as far as it is drawn.
pub(super) struct Given<'d> {
    draft: &'d Draft,
    index: usize,
}

impl Given<'_> {
    fn drawn(&self) -> &Drawn {
        &self.draft.0[self.index]
    }

    /// `IAMRole0`, or `EC2Instance0EC2Volume` for what is that one's own.
    pub(super) fn id(&self) -> String {
        let drawn = self.drawn();
        let kind = drawn.recipe.kind.trim_start_matches("AWS::").replace("::", "");
        match drawn.owner {
            Some(index) => format!("{}{kind}", Given { draft: self.draft, index }.id()),
            None => format!("{kind}{}", drawn.nth),
        }
    }

    /// How many of the type come before.
    pub(super) fn nth(&self) -> usize {
        self.drawn().nth
    }

    /// Which variation it is, of so many.
    pub(super) fn variation(&self, of: u8) -> u8 {
        self.drawn().variation % of
    }

    /// The resource that meets the need at this place.
    pub(super) fn needed(&self, at: usize) -> Self {
        Self { draft: self.draft, index: self.drawn().needs[at] }
    }

    /// `Ref` of that one.
    pub(super) fn of(&self, at: usize) -> Value {
        json!({"Ref": self.needed(at).id()})
    }

    /// An attribute of that one.
    pub(super) fn attribute(&self, at: usize, name: &str) -> Value {
        json!({"Fn::GetAtt": [self.needed(at).id(), name]})
    }

    /// None, one or two tags.
    pub(super) fn tags(&self) -> Value {
        let tags = (0..self.variation(3)).map(
            |key| json!({"Key": format!("k{key}"), "Value": self.variation(u8::MAX).to_string()}),
        );
        tags.collect()
    }
}

/// A property that is not there.
pub(super) fn nothing() -> Value {
    json!({"Ref": "AWS::NoValue"})
}
