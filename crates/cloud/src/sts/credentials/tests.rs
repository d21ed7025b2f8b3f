use super::*;

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(1);
            *byte = self.0;
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_700_000_000)
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn role() -> SessionKind {
    SessionKind::Role {
        role_name: "etl".to_owned(),
        role_id: "AROAQNZGKIQY56JQ7WML2".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/team/etl".to_owned(),
        session_name: "run".to_owned(),
    }
}

fn full() -> Session {
    Session {
        policies: vec!["{}".to_owned()],
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        tags: vec![Tag { key: "team".to_owned(), value: "rot & \"blau\"".to_owned() }],
        transitive_tag_keys: vec!["team".to_owned()],
        source_identity: Some("anna".to_owned()),
        mfa: true,
        ..Session::new(account(), role(), now(), 900)
    }
}

#[test]
fn what_is_opened_is_what_was_sealed() {
    let key = SealingKey::new(&[3; 32]);
    let user = || ("anna".to_owned(), "AIDA1".to_owned());
    let kinds = [
        role(),
        SessionKind::Root,
        SessionKind::User {
            user_name: user().0,
            user_id: user().1,
            user_arn: "arn:aws:iam::123456789012:user/x/anna".to_owned(),
        },
        SessionKind::FederatedUser { name: "f".to_owned(), user_name: None, user_id: None },
        SessionKind::FederatedUser {
            name: "f".to_owned(),
            user_name: Some(user().0),
            user_id: Some(user().1),
        },
    ];
    for kind in kinds {
        let session = Session { kind, ..full() };
        let credentials = make(session.clone(), &key, 0, &mut Counting(1)).unwrap();
        let opened = open(&credentials.session_token, &key, now()).unwrap();
        let access_key_id = credentials.access_key_id.clone();
        assert_eq!(opened, Session { access_key_id, ..session });
        assert_eq!(credentials.expiration, now().plus_seconds(900));
        assert_eq!(credentials.secret_access_key, key.secret_access_key(&opened.access_key_id));
    }
}

#[test]
fn large_sessions_are_compressed() {
    let key = SealingKey::new(&[3; 32]);
    let session = Session { policies: vec!["policy ".repeat(300)], ..full() };
    let credentials = make(session.clone(), &key, 0, &mut Counting(1)).unwrap();
    assert!(credentials.session_token.len() < 1000, "{}", credentials.session_token.len());
    let opened = open(&credentials.session_token, &key, now()).unwrap();
    assert_eq!(opened.policies, session.policies);
}

#[test]
fn tokens_are_as_long_as_those_of_aws() {
    let key = SealingKey::new(&[3; 32]);
    let session = Session::new(account(), role(), now(), 900);
    let length = make(session, &key, 0, &mut Counting(1)).unwrap().session_token.len();
    assert!((200..=1000).contains(&length), "{length}");
}

#[test]
fn tokens_end_and_others_do_not_open() {
    let key = SealingKey::new(&[3; 32]);
    let token = make(full(), &key, 0, &mut Counting(1)).unwrap().session_token;
    let at = |seconds| open(&token, &key, now().plus_seconds(seconds)).map(|_| ());
    assert_eq!(at(899), Ok(()));
    assert_eq!(at(900), Err(TokenError::Expired));
    assert_eq!(open(&token, &SealingKey::new(&[4; 32]), now()), Err(TokenError::Invalid));
    let long = "A".repeat(MAX_TOKEN_CHARACTERS + 4);
    for bad in ["", "A", "AAAA", "not base64", &token[4..], &token[..token.len() - 4], &long] {
        assert_eq!(open(bad, &key, now()), Err(TokenError::Invalid), "{bad}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let credentials = make(full(), &SealingKey::new(&[3; 32]), 0, &mut Counting(1)).unwrap();
    let text = format!("{credentials:?}");
    assert!(text.contains(&credentials.access_key_id));
    assert!(!text.contains(&credentials.secret_access_key));
    assert!(!text.contains(&credentials.session_token));
}
