//! The cases of AWS's Signature Version 4 test suite, with its signatures.
//!
//! All are of `AKIDEXAMPLE` for the service `service` in `us-east-1` at 2015-08-30 12:36:00; the second
//! signature is that of the same request presigned for an hour. Left out: the header folded over several
//! lines, which HTTP no longer allows.

use sigv4::{
    Dialect, Error, Expected, Payload, Presented, Request, Signer, SigningKey, Skew, Timestamp,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_440_938_160);
const EXPIRES_SECONDS: u32 = 3600;
const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

/// Of `Param1=value1`; the suite sends it along where there is a body.
const BODY_SHA256: &str = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";

struct Case {
    name: &'static str,
    method: &'static str,
    target: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    token: Option<&'static str>,
    in_header: &'static str,
    in_query: &'static str,
}

const GET: Case = Case {
    name: "",
    method: "GET",
    target: "/",
    headers: &[],
    body: "",
    token: None,
    in_header: "",
    in_query: "",
};
const POST: Case = Case { method: "POST", ..GET };

/// Several cases mean the same request.
const VANILLA: (&str, &str) = (
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d",
);
const POST_VANILLA: (&str, &str) = (
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    "2ce6e6d2e0cf2f9d1b55fafec88cd20574c31dc2e7631979f71ba2310083e95b",
);

const CASES: &[Case] = &[
    Case { name: "get-vanilla", in_header: VANILLA.0, in_query: VANILLA.1, ..GET },
    Case { name: "get-vanilla-query", in_header: VANILLA.0, in_query: VANILLA.1, ..GET },
    Case {
        name: "get-header-key-duplicate",
        headers: &[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
        in_header: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        in_query: "3349ee0b81b4b589da0ff28a395c3591e04de515651dd74f298fa992d1507a97",
        ..GET
    },
    Case {
        name: "get-header-value-order",
        headers: &[
            ("My-Header1", "value4"),
            ("My-Header1", "value1"),
            ("My-Header1", "value3"),
            ("My-Header1", "value2"),
        ],
        in_header: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        in_query: "313720e71ca6202fdcfa9b20f88de01a4eb0638a83c833b1c184359a4eda864e",
        ..GET
    },
    Case {
        name: "get-header-value-trim",
        headers: &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
        in_header: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        in_query: "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4",
        ..GET
    },
    Case {
        name: "get-unreserved",
        target: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        in_header: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        in_query: "95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005",
        ..GET
    },
    Case {
        name: "get-utf8",
        target: "/ሴ",
        in_header: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        in_query: "10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44",
        ..GET
    },
    Case {
        name: "get-vanilla-empty-query-key",
        target: "/?Param1=value1",
        in_header: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        in_query: "49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de",
        ..GET
    },
    Case {
        name: "get-vanilla-query-order-encoded",
        target: "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
        in_header: "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        in_query: "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787",
        ..GET
    },
    Case {
        name: "get-vanilla-query-order-key-case",
        target: "/?Param2=value2&Param1=value1",
        in_header: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        in_query: "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5",
        ..GET
    },
    Case {
        name: "get-vanilla-query-order-key",
        target: "/?Param1=value2&Param1=Value1",
        in_header: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
        ..GET
    },
    Case {
        name: "get-vanilla-query-order-value",
        target: "/?Param1=value2&Param1=value1",
        in_header: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
        ..GET
    },
    Case {
        name: "get-vanilla-query-unreserved",
        target: "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        in_header: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        in_query: "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf",
        ..GET
    },
    Case {
        name: "get-vanilla-utf8-query",
        target: "/?ሴ=bar",
        in_header: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        in_query: "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600",
        ..GET
    },
    Case {
        name: "get-vanilla-with-session-token",
        token: Some("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"),
        in_header: "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        in_query: "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c",
        ..GET
    },
    Case {
        name: "get-relative",
        target: "/example/..",
        in_header: VANILLA.0,
        in_query: VANILLA.1,
        ..GET
    },
    Case {
        name: "get-relative-relative",
        target: "/example1/example2/../..",
        in_header: VANILLA.0,
        in_query: VANILLA.1,
        ..GET
    },
    Case { name: "get-slash", target: "//", in_header: VANILLA.0, in_query: VANILLA.1, ..GET },
    Case {
        name: "get-slash-dot-slash",
        target: "/./",
        in_header: VANILLA.0,
        in_query: VANILLA.1,
        ..GET
    },
    Case {
        name: "get-slash-pointless-dot",
        target: "/./example",
        in_header: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
        in_query: "35034b1a0bdd969f346975386daf8aedfd4976573b8348cf4f67eaa41c5857de",
        ..GET
    },
    Case {
        name: "get-slashes",
        target: "//example//",
        in_header: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
        in_query: "c1834e8fb0307243711f0f907f6ab7311ed300d87f13792d7ee4da89ab93e082",
        ..GET
    },
    Case {
        name: "get-space",
        target: "/example space/",
        in_header: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        in_query: "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6",
        ..GET
    },
    Case { name: "post-vanilla", in_header: POST_VANILLA.0, in_query: POST_VANILLA.1, ..POST },
    Case {
        name: "post-header-key-sort",
        headers: &[("My-Header1", "value1")],
        in_header: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        in_query: "c09d07e0d55871f10f2a6d350d994acf6825a3cae70673d7def55616e6119dd7",
        ..POST
    },
    Case {
        name: "post-header-value-case",
        headers: &[("My-Header1", "VALUE1")],
        in_header: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
        in_query: "0698bc9e4f7f9139065ba2909c0e99da257e8e2a42492a097bcd46d792391fed",
        ..POST
    },
    Case {
        name: "post-sts-header-before",
        token: Some(TOKEN),
        in_header: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        in_query: "46c2e3c63c1dbe7d39f8ada16fe7f001c1f56c5791441565323677f96308871c",
        ..POST
    },
    Case {
        name: "post-vanilla-query",
        target: "/?Param1=value1",
        in_header: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        ..POST
    },
    Case {
        name: "post-x-www-form-urlencoded",
        headers: &[("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "13")],
        body: "Param1=value1",
        in_header: "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
        in_query: "89a40deed0f26f9461242825a082d2222717248abc7ab41f552ad84a94ad46e9",
        ..POST
    },
    Case {
        name: "post-x-www-form-urlencoded-parameters",
        headers: &[
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("Content-Length", "13"),
        ],
        body: "Param1=value1",
        in_header: "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
        in_query: "0dbeb9b026c7b6675f266b8427efec9b4fa8b1f6ef1477d717aea231106eab4d",
        ..POST
    },
];

impl Case {
    fn signer(&self) -> Signer<'static> {
        Signer {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: SECRET,
            session_token: self.token,
            region: "us-east-1",
            service: "service",
            dialect: Dialect::Standard,
        }
    }

    fn headers(&self) -> Vec<(&'static str, &'static [u8])> {
        let mut headers = vec![("Host", &b"example.amazonaws.com"[..])];
        headers.extend(self.headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        headers
    }

    fn request<'a>(&self, headers: &'a [(&'a str, &'a [u8])]) -> Request<'a> {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        Request { method: self.method, path, query, headers }
    }
}

fn verify(request: &Request<'_>, body: &str) -> Result<(), Error> {
    let expected =
        Expected { now: NOW, skew: Skew::DEFAULT, service: "service", region: Some("us-east-1") };
    let claim = Presented::read(request, Dialect::Standard)?.check(&expected)?;
    let key = SigningKey::derive(SECRET, "20150830", "us-east-1", "service");
    claim.verify(request, Payload::Bytes(body.as_bytes()), &key).map(|_| ())
}

#[test]
fn headers_are_signed_and_verified_as_published() {
    for case in CASES {
        let name = case.name;
        let mut headers = case.headers();
        if !case.body.is_empty() {
            headers.push(("X-Amz-Content-Sha256", BODY_SHA256.as_bytes()));
        }
        let unsigned = case.request(&headers);
        let payload = Payload::Bytes(case.body.as_bytes());
        let added = case.signer().sign(&unsigned, payload, NOW).unwrap();
        let authorization = &added.last().unwrap().1;
        assert!(authorization.ends_with(case.in_header), "{name}: {authorization}");
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        assert_eq!(verify(&case.request(&headers), case.body), Ok(()), "{name}");
        assert!(matches!(verify(&case.request(&headers), "another body"), Err(Error::Mismatch(_))));
    }
}

#[test]
fn queries_are_signed_and_verified_as_published() {
    let mut count = 0;
    for case in CASES.iter().filter(|case| !case.in_query.is_empty()) {
        let name = case.name;
        let headers = case.headers();
        let unsigned = case.request(&headers);
        let payload = Payload::Bytes(case.body.as_bytes());
        let query = case.signer().presign(&unsigned, payload, NOW, EXPIRES_SECONDS).unwrap();
        assert!(query.ends_with(case.in_query), "{name}: {query}");
        let request = Request { query: &query, ..unsigned };
        assert_eq!(verify(&request, case.body), Ok(()), "{name}");
        count += 1;
    }
    assert_eq!(count, 26);
}

/// The case `post-sts-header-after`: a token that is added after signing and so is not covered.
#[test]
fn a_token_added_after_signing_is_seen_to_be_unsigned() {
    let case = CASES.iter().find(|case| case.name == "post-vanilla").unwrap();
    let mut headers = case.headers();
    let payload = Payload::Bytes(b"");
    let added = case.signer().sign(&case.request(&headers), payload, NOW).unwrap();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    headers.push(("X-Amz-Security-Token", TOKEN.as_bytes()));
    let request = case.request(&headers);
    assert_eq!(verify(&request, ""), Ok(()));
    let claim = Presented::read(&request, Dialect::Standard).unwrap();
    let token = claim.session_token.clone().unwrap();
    assert_eq!((token.text.as_ref(), token.signed), (TOKEN, false));
    assert!(!format!("{claim:?}").contains(TOKEN));
}
