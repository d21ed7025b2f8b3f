//! `token`: a personal access token in the workspace, of whoever applies, made with it and made anew when it is gone.
//!
//! As in the official provider (mws/resource_mws_workspaces.go), refreshing a state whose token is gone makes another.

use serde_json::{Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::plan::Plan;
use crate::resource::{Failure, block, text};
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

/// The block's name.
const NAME: &str = "token";
/// What a configuration can give; a change of it makes another token.
const GIVEN: [&str; 2] = ["lifetime_seconds", "comment"];
/// What Databricks gives.
const ANSWERED: [&str; 2] = ["token_id", "token_value"];
/// 30 days.
const LIFETIME_SECONDS: i64 = 2_592_000;

/// The block.
pub(super) fn nested() -> Nested {
    let block = Block::new(
        "A personal access token in the workspace, of whoever applies.",
        vec![
            Attribute::optional("lifetime_seconds", Type::Number, "How long it is good.")
                .default(Value::int(LIFETIME_SECONDS)),
            Attribute::optional("comment", Type::Text, "What it is for.").default("Terraform PAT"),
            Attribute::computed("token_id", Type::Text, "Its id."),
            Attribute::computed("token_value", Type::Text, "The token itself.").sensitive(),
        ],
    );
    Nested { ours: true, ..Nested::one(NAME, block) }
}

/// Marks what is answered as not known yet, if there is going to be another token.
pub(super) fn plan(plan: &mut Plan) {
    let stays = !plan.creates()
        && plan.prior.as_ref().and_then(|prior| block(prior, NAME)).is_some_and(|before| {
            let planned = block(&plan.planned, NAME);
            planned.is_some_and(|planned| is_alike(before, planned))
        });
    let Some(token) = token_mut(&mut plan.planned).filter(|_| !stays) else { return };
    for name in ANSWERED {
        token.insert(name.to_owned(), Value::Unknown);
    }
}

/// Makes the token that `state` has a block for, if it has one, and puts it in.
pub(super) fn make(client: &Client, state: &mut Members) -> Result<(), Failure> {
    let url = text(state, "workspace_url").to_owned();
    let Some(token) = token_mut(state) else { return Ok(()) };
    let body = api::to_json(&nested().block, token).into();
    let answer = client
        .at(url)
        .post("/api/2.0/token/create", &body)
        .map_err(|error| error.diagnostic("create the token of the workspace"))?;
    for (name, pointer) in ANSWERED.into_iter().zip(["/token_info/token_id", "/token_value"]) {
        let value = answer.pointer(pointer).map_or(Value::Null, Value::from_json);
        token.insert(name.to_owned(), value);
    }
    Ok(())
}

/// Makes another token where the one in `state` is gone.
pub(super) fn renew(client: &Client, state: &mut Members) -> Result<(), Failure> {
    let Some(token) = block(state, NAME) else { return Ok(()) };
    let listed = client
        .at(text(state, "workspace_url").to_owned())
        .get("/api/2.0/token/list", &[])
        .map_err(|error| error.diagnostic("read the token of the workspace"))?;
    let known = listed.get("token_infos").and_then(Json::as_array).into_iter().flatten();
    let mut ids = known.filter_map(|token| token.get("token_id").and_then(Json::as_str));
    if ids.any(|id| id == text(token, "token_id")) {
        return Ok(());
    }
    make(client, state)
}

/// Takes the token of `prior` away and makes that of `state`, if they differ.
pub(super) fn change(client: &Client, prior: &Members, state: &mut Members) -> Result<(), Failure> {
    let (before, after) = (block(prior, NAME), block(state, NAME));
    if let (Some(before), Some(after)) = (before, after)
        && is_alike(before, after)
    {
        return Ok(());
    }
    if let Some(before) = before {
        let body = json!({"token_id": text(before, "token_id")});
        let url = text(prior, "workspace_url").to_owned();
        match client.at(url).post("/api/2.0/token/delete", &body) {
            Err(error) if !error.is_missing() => {
                return Err(error.diagnostic("remove the token of the workspace").into());
            }
            _ => {}
        }
    }
    make(client, state)
}

fn is_alike(one: &Members, other: &Members) -> bool {
    GIVEN.iter().all(|name| one.get(*name) == other.get(*name))
}

fn token_mut(members: &mut Members) -> Option<&mut Members> {
    match members.get_mut(NAME)? {
        Value::List(items) => match items.first_mut()? {
            Value::Map(token) => Some(token),
            _ => None,
        },
        _ => None,
    }
}
