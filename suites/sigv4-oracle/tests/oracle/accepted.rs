//! What the official signer signs is accepted, and `sigv4` signs the same.

use proptest::prelude::*;
use sigv4::{Kind, Payload, Presented, Signer};

use crate::official;
use crate::request::{ACCESS_KEY_ID, Cover, Place, Plan, REGION, Sent, plans};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn what_the_official_signer_signs_is_accepted(plan in plans()) {
        let sent = official::signed(&plan);
        let verified = plan.verify(&sent).map_err(|error| error.to_string());
        prop_assert!(verified.is_ok(), "{:?}\n{:?}\n{:?}", verified, plan, sent);
        let claim = sent.with(|request| {
            let claim = Presented::read(request, plan.dialect).unwrap();
            prop_assert_eq!(claim.access_key_id(), ACCESS_KEY_ID);
            prop_assert_eq!(claim.scope().region, REGION);
            prop_assert_eq!(claim.date, plan.date());
            let token = claim.session_token.as_ref();
            prop_assert_eq!(token.map(|token| token.text.as_ref()), plan.token.as_deref());
            prop_assert!(token.is_none_or(|token| token.signed == plan.token_signed));
            Ok(claim.kind)
        })?;
        match plan.place {
            Place::Header => prop_assert_eq!(claim, Kind::Header),
            Place::Query { expires_seconds } => {
                let counts = plan.dialect == sigv4::Dialect::S3;
                let expires_seconds = counts.then_some(expires_seconds);
                prop_assert_eq!(claim, Kind::Presigned { expires_seconds });
            }
        }
        if plan.cover == Cover::Hash {
            let mut body = verified.unwrap().into_body();
            body.push(&sent.body, |_| ()).unwrap();
            prop_assert_eq!(body.finish(), Ok(vec![]));
        }
    }

    #[test]
    fn both_sign_alike(mut plan in plans()) {
        plan.token_signed = true;
        if plan.cover.is_streaming() {
            plan.cover = Cover::Unsigned;
        }
        let official = official::signed(&plan);
        let own = signed(&plan);
        match plan.place {
            Place::Header => prop_assert_eq!(
                own.header("authorization"),
                official.header("authorization"),
                "{:?}", plan
            ),
            Place::Query { .. } => {
                let signature = |sent: &Sent| {
                    let mut parameters = sent.query.split('&');
                    let name = "X-Amz-Signature=";
                    parameters.find_map(|parameter| parameter.strip_prefix(name)).map(str::to_owned)
                };
                prop_assert_eq!(signature(&own), signature(&official), "{:?}", plan);
            }
        }
    }
}

/// The request of `plan`, signed by `sigv4`.
fn signed(plan: &Plan) -> Sent {
    let signer = Signer {
        access_key_id: ACCESS_KEY_ID,
        secret_access_key: &plan.secret,
        session_token: plan.token.as_deref(),
        region: REGION,
        service: &plan.service,
        dialect: plan.dialect,
    };
    let payload = match plan.cover {
        Cover::Hash => Payload::Bytes(&plan.sent.body),
        _ => Payload::Unsigned,
    };
    let mut sent = plan.sent.clone();
    match plan.place {
        Place::Header => {
            let added = plan.sent.with(|request| signer.sign(request, payload, plan.date()));
            for (name, value) in added.unwrap() {
                sent.headers.push((name.to_owned(), value));
            }
        }
        Place::Query { expires_seconds } => {
            let date = plan.date();
            let query =
                plan.sent.with(|request| signer.presign(request, payload, date, expires_seconds));
            sent.query = query.unwrap();
        }
    }
    sent
}
