//! What AWS is asked when a registration is refused, and what that says.

use provider::aws::Environment;
use provider::client::ApiError;
use provider::refusal;
use provider::value::Value;
use serde_json::json;

use super::terraform::{Keys, Terraform, told};
use super::workspace::Workspace;
use super::{ADD, ARN, LIST, PROFILE};

#[test]
fn an_encoded_refusal_is_decoded_where_aws_lets_it() {
    let refused = json!({
        "error_code": "DRY_RUN_FAILED",
        "message": "Verification of the instance profile failed. AWS error: You are not authorized to perform \
            this operation. Encoded authorization failure message: c2VjcmV0-BLOB",
    });
    let timeouts = Value::Map([("create".to_owned(), "0s".into())].into());
    let given = [("instance_profile_arn", ARN.into()), ("timeouts", timeouts)];
    let answers = || vec![("GET", LIST, 200, json!({})), ("POST", ADD, 400, refused.clone())];

    // Without keys there is the command.
    let terraform = Terraform::new(answers());
    let (_, found) = terraform.create(PROFILE, &given);
    assert_eq!(told(&found), ["!Databricks may not launch instances with this instance profile"]);
    let command = "aws sts decode-authorization-message --query DecodedMessage --output text \
                   --encoded-message c2VjcmV0-BLOB";
    assert!(found[0].detail.contains(command), "{}", found[0].detail);

    // With keys AWS is asked, and the statement is there.
    let decoded = "<R><DecodedMessage>{&quot;allowed&quot;:false,&quot;explicitDeny&quot;:false,\
        &quot;context&quot;:{&quot;principal&quot;:{&quot;arn&quot;:&quot;arn:aws:sts::1:assumed-role/cross/s&quot;},\
        &quot;action&quot;:&quot;iam:PassRole&quot;,&quot;resource&quot;:&quot;arn:aws:iam::1:role/reader&quot;}}\
        </DecodedMessage></R>";
    let with_keys = |status: u16, answer: serde_json::Value| {
        let workspace = Workspace::new(answers());
        let mut more = answers();
        more.push(("POST", "/", status, answer));
        workspace.will(more);
        let keys = Keys(workspace.address.clone());
        Terraform::around(workspace, Box::new(keys))
    };
    let terraform = with_keys(200, json!(decoded));
    let (_, found) = terraform.create(PROFILE, &given);
    assert_eq!(told(&found), ["!Databricks may not pass the role in this instance profile"]);
    for part in ["`cross`", "arn:aws:iam::1:role/reader", r#""Action":"iam:PassRole""#] {
        assert!(found[0].detail.contains(part), "{part}: {}", found[0].detail);
    }
    let asked = terraform.workspace.asked();
    let form = "Version=2011-06-15&Action=DecodeAuthorizationMessage&EncodedMessage=c2VjcmV0-BLOB";
    assert_eq!(asked[2], ("POST /".to_owned(), json!(form)));

    // Keys that may not do it are as good as none.
    let terraform = with_keys(403, json!("<ErrorResponse/>"));
    let (_, found) = terraform.create(PROFILE, &given);
    assert!(found[0].detail.contains(command), "{}", found[0].detail);
}

/// What IAM itself does not have is not waited for.
#[test]
fn iam_tells_what_no_waiting_mends() {
    let refused = |text: &str| ApiError {
        status: 400,
        code: "DRY_RUN_FAILED".to_owned(),
        message: format!("Verification of the instance profile failed. AWS error: {text}"),
    };
    let unknown = refused(
        "Value (x) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN",
    );
    let empty = refused("IAM Instance Profile \"x\" has no associated IAM Roles");
    let lacks = refused(
        "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/cross/s is \
         not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/r because no \
         identity-based policy allows the iam:PassRole action",
    );
    let profile = |roles: &str| format!("<R><Roles>{roles}</Roles><Arn>{ARN}</Arn></R>");
    let with_role = profile("<member><RoleName>r</RoleName></member>");
    let gone = "<E><Code>NoSuchEntity</Code></E>".to_owned();
    let who = |account: &str| (200, format!("<R><Account>{account}</Account></R>"));
    let may = |decision: &str| (200, format!("<R><EvalDecision>{decision}</EvalDecision></R>"));
    let check = |error: &ApiError, answers: Vec<(u16, String)>, expected: bool| {
        let answers: Vec<_> =
            answers.into_iter().map(|(status, text)| ("POST", "/", status, json!(text))).collect();
        let workspace = Workspace::new(answers.clone());
        let aws = Environment::read(&Keys(workspace.address.clone())).unwrap();
        assert_eq!(refusal::is_settled(error, ARN, Some(&aws)), expected, "{error} {answers:?}");
        assert!(!refusal::is_settled(error, ARN, None), "nobody can be asked");
    };
    check(&unknown, vec![(404, gone.clone()), who("123456789012")], true);
    check(&unknown, vec![(404, gone), who("999999999999")], false);
    check(
        &unknown,
        vec![(403, "<E><Code>AccessDenied</Code></E>".to_owned()), who("123456789012")],
        false,
    );
    check(&unknown, vec![(200, with_role.clone())], false);
    check(&empty, vec![(200, profile(""))], true);
    check(&empty, vec![(200, with_role)], false);
    check(&lacks, vec![may("implicitDeny")], true);
    check(&lacks, vec![may("allowed")], false);
    let open = "<R><EvalDecision>implicitDeny</EvalDecision><MissingContextValues>\n <member>aws:RequestTag/Vendor\
                </member></MissingContextValues></R>";
    check(&lacks, vec![(200, open.to_owned())], false);
    check(&lacks, vec![(403, String::new())], false);
}
