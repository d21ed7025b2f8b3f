//! Signed requests, made before the clock runs.

use std::net::SocketAddr;

use clients::signed::{self, Connection, Form, Key, iam, sts};

use crate::connection::Source;
use crate::fill;

/// Whoever calls may assume the roles, and so may EC2.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000","Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// What the user may do: each request is decided on by these.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateRole","iam:GetRole"],"Resource":"arn:aws:iam::*:role/*"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::000000000000:role/target"}]}"#;

/// Roles that are made in an account, of the 1,000 that it may have.
const ROLES_PER_ACCOUNT: usize = 990;

/// The account of all but the roles that are made.
pub(crate) const ACCOUNT: &str = "000000000000";

/// Requests one after the other, and then again from the first.
#[derive(Debug)]
pub(crate) struct Requests {
    ready: Vec<Vec<u8>>,
    /// How many are sent in all.
    most: usize,
    in_one: usize,
    next: usize,
}

impl Source for Requests {
    fn next(&mut self) -> Option<&[u8]> {
        let at = self.next % self.ready.len().max(1);
        self.next += 1;
        self.ready.get(at).filter(|_| self.next <= self.most).map(Vec::as_slice)
    }

    fn in_one(&self) -> usize {
        self.in_one
    }
}

impl Requests {
    pub(crate) fn of(key: &Key, service: &str, forms: impl Iterator<Item = Form>) -> Self {
        let ready = forms.map(|form| signed::sign(key, service, &form)).collect();
        Self::again(ready, 1)
    }

    /// These again and again, each of which is so many requests.
    pub(crate) fn again(ready: Vec<Vec<u8>>, in_one: usize) -> Self {
        Self { ready, most: usize::MAX, in_one, next: 0 }
    }

    /// Not more than this many.
    pub(crate) fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    pub(crate) fn caller_identity(key: &Key, _: usize) -> Self {
        Self::of(key, "sts", std::iter::once(sts("GetCallerIdentity", &[])))
    }

    pub(crate) fn get_role(key: &Key, _: usize) -> Self {
        Self::of(key, "iam", std::iter::once(iam("GetRole", &[("RoleName", "target")])))
    }

    /// Roles that were filled in, all over the account.
    pub(crate) fn get_filled(key: &Key, connection: usize) -> Self {
        let forms = (0..64).map(move |at| {
            let number = (connection * 7919 + at * 1543) % crate::iam::MANY_ROLES;
            iam("GetRole", &[("RoleName", &fill::name(number))])
        });
        Self::of(key, "iam", forms)
    }

    pub(crate) fn assume_role(key: &Key, connection: usize) -> Self {
        let session = format!("connection-{connection}");
        let parameters = [
            ("RoleArn", "arn:aws:iam::000000000000:role/target"),
            ("RoleSessionName", session.as_str()),
        ];
        Self::of(key, "sts", std::iter::once(sts("AssumeRole", &parameters)))
    }

    /// New roles, as the users of `keys`, each in its own account.
    pub(crate) fn create_roles(keys: &[Key]) -> Self {
        let roles = keys.iter().flat_map(|key| {
            let form = |number| new_role(&format!("role-{number}"));
            (0..ROLES_PER_ACCOUNT).map(move |number| signed::sign(key, "iam", &form(number)))
        });
        let ready: Vec<Vec<u8>> = roles.collect();
        let most = ready.len();
        Self::again(ready, 1).at_most(most)
    }
}

/// A user with its policy, and a role that it may assume.
pub(crate) fn prepare(server: SocketAddr) -> Key {
    let key = prepare_user(server);
    connect(server).must(&Key::root(ACCOUNT), "iam", &new_role("target"));
    key
}

/// The user alone: for an account that may have no more roles.
pub(crate) fn prepare_user(server: SocketAddr) -> Key {
    user(&mut connect(server), &Key::root(ACCOUNT), POLICY)
}

/// Users of so many accounts that `roles` can be made, at least `connections` of them.
pub(crate) fn prepare_accounts(server: SocketAddr, roles: usize, connections: usize) -> Vec<Key> {
    let mut connection = connect(server);
    let accounts = roles.div_ceil(ROLES_PER_ACCOUNT).next_multiple_of(connections);
    let root = |number| Key::root(&format!("{number:012}"));
    (1..=accounts).map(|number| user(&mut connection, &root(number), POLICY)).collect()
}

/// A user with a policy, in the account of `root`.
pub(crate) fn user(connection: &mut Connection, root: &Key, policy: &str) -> Key {
    let name = ("UserName", "load");
    connection.must(root, "iam", &iam("CreateUser", &[name]));
    let made = connection.must(root, "iam", &iam("CreateAccessKey", &[name]));
    let policy = [name, ("PolicyName", "load"), ("PolicyDocument", policy)];
    connection.must(root, "iam", &iam("PutUserPolicy", &policy));
    Key::of(&made)
}

/// A role that whoever calls, and EC2, may assume.
pub(crate) fn new_role(name: &str) -> Form {
    iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)])
}

/// Empties the server.
pub(crate) fn reset(server: SocketAddr) {
    let request =
        format!("POST /_rolecall/reset HTTP/1.1\r\nhost: {server}\r\ncontent-length: 0\r\n\r\n");
    let answer = connect(server).send(request.as_bytes()).unwrap();
    assert_eq!(answer.status, 204, "{}", answer.body);
}

/// A connection to it.
pub(crate) fn connect(server: SocketAddr) -> Connection {
    Connection::open(&server.to_string()).unwrap()
}
