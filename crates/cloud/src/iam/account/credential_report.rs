//! The credential report: every user with the state of its credentials, as CSV. A report stays as it is
//! for four hours, whatever changes meanwhile.

use std::borrow::Cow;
use std::fmt::Write as _;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, View};

use crate::blob::Blob;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::{AccessKeyRow, AccessKeyUseRow};
use crate::iam::account;
use crate::iam::user::UserRow;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// How long a report is good for (user guide, "Generate credential reports for your AWS account").
const LIFETIME_SECONDS: i64 = 4 * 60 * 60;
/// Bytes of one part of a report: a part is a row, and rows are limited.
const MAX_PART_BYTES: usize = 512 * 1024;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The columns. AWS's guide names one more, `additional_credentials_info`, for users with more than two
/// keys or certificates; reports of users who have fewer come without it.
const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// One part of the account's report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CredentialReportRow {
    /// The account.
    pub account: AccountId,
    /// The part's number, from 0 on.
    pub part: u32,
    /// When the report was made.
    pub generated: Timestamp,
    /// The part's text.
    pub text: String,
}

impl Row for CredentialReportRow {
    const TABLE: &'static str = "iam_credential_report";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        part_key(self.part).into()
    }
}

/// `GenerateCredentialReport`
#[derive(Debug, Clone, Deserialize)]
pub struct GenerateCredentialReport {}

/// How far the report is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReportState {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
}

impl Operation for GenerateCredentialReport {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GenerateCredentialReport";
    type Output = ReportState;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GenerateCredentialReport", "*")])
    }
}

impl Write for GenerateCredentialReport {
    /// Answers as AWS does while it works, although the report is ready at once: clients wait for
    /// `COMPLETE` by asking again.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ReportState, Fault> {
        let account = act.account();
        let last = generated(act.tx, account);
        if last.is_some_and(|last| !has_expired(last, act.now)) {
            return Ok(ReportState { state: "COMPLETE", description: None });
        }
        let report = report(act.tx, account);
        replace(act.tx, account, &report, act.now)?;
        // Quoted in prowler-cloud/prowler issue 272; that an expired report is described by no text is
        // unverified.
        let first = "No report exists. Starting a new report generation task";
        let description = last.is_none().then_some(first);
        Ok(ReportState { state: "STARTED", description })
    }
}

/// `GetCredentialReport`
#[derive(Debug, Clone, Deserialize)]
pub struct GetCredentialReport {}

/// The report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialReport {
    content: Blob,
    report_format: &'static str,
    generated_time: Timestamp,
}

impl Operation for GetCredentialReport {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetCredentialReport";
    type Output = CredentialReport;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetCredentialReport", "*")])
    }
}

impl Read for GetCredentialReport {
    fn read(self, ask: &Ask<'_>) -> Result<CredentialReport, Fault> {
        let account = ask.account();
        // Both come without a text (the first is recorded by LocalStack, the second unverified).
        let generated_time =
            generated(ask.view, account).ok_or_else(|| Fault::new("ReportNotPresent", ""))?;
        if has_expired(generated_time, ask.now) {
            return Err(Fault::new("ReportExpired", ""));
        }
        let parts = ask.view.range::<CredentialReportRow>(account.as_str(), ..);
        let content: String = parts.map(|part| part.text.as_str()).collect();
        let content = Blob::new(content);
        Ok(CredentialReport { content, report_format: "text/csv", generated_time })
    }
}

fn part_key(part: u32) -> String {
    format!("{part:08}")
}

fn generated(view: &View, account: AccountId) -> Option<Timestamp> {
    let first = view.get::<CredentialReportRow>(account.as_str(), &part_key(0));
    first.map(|part| part.generated)
}

fn has_expired(generated: Timestamp, now: Timestamp) -> bool {
    generated.plus_seconds(LIFETIME_SECONDS) < now
}

/// The report, root first and users by name; no line end behind the last line.
fn report(view: &View, account: AccountId) -> Vec<String> {
    let root_keys = account::row(view, account).map_or(&[][..], |row| &row.root_access_keys);
    let mut parts = vec![HEADER.to_owned()];
    let mut add = |line: String| match parts.last_mut() {
        Some(part) if part.len() + line.len() < MAX_PART_BYTES => {
            part.push('\n');
            part.push_str(&line);
        }
        _ => parts.push(format!("\n{line}")),
    };
    // Root has no password here. Which words AWS has for that is unverified.
    let root = format!(
        "<root_account>,{},{},false,N/A,N/A,not_supported,false",
        account::root_arn(account),
        account::created(),
    );
    add(line(view, account, root, root_keys));
    for user in view.range::<UserRow>(account.as_str(), ..) {
        add(line(view, account, credentials(view, user), &user.access_keys));
    }
    parts
}

/// The columns of a user up to the access keys.
fn credentials(view: &View, user: &UserRow) -> String {
    let policy = account::row(view, user.account).and_then(|row| row.password_policy.as_ref());
    let max_age_days = policy.and_then(|policy| policy.max_password_age);
    let password = match &user.login_profile {
        None => "false,N/A,N/A,N/A".to_owned(),
        Some(profile) => {
            let rotation = max_age_days
                .map(|days| profile.changed.plus_seconds(days.saturating_mul(SECONDS_PER_DAY)));
            let rotation = rotation.map_or("N/A".to_owned(), |rotation| rotation.to_string());
            // Nobody ever signs in with it.
            format!("true,no_information,{},{rotation}", profile.changed)
        }
    };
    let mfa = !user.mfa_devices.is_empty();
    let name = quoted(&user.name);
    format!("{name},{},{},{password},{mfa}", quoted(&user.arn), user.created)
}

fn line(view: &View, account: AccountId, mut line: String, keys: &[String]) -> String {
    let mut keys: Vec<&String> = keys.iter().collect();
    keys.sort();
    for slot in 0..2 {
        let key = keys.get(slot).and_then(|id| view.get::<AccessKeyRow>(account.as_str(), id));
        let Some(key) = key else {
            line.push_str(",false,N/A,N/A,N/A,N/A");
            continue;
        };
        // Writing to a string does not fail.
        let _ = write!(line, ",{},{}", key.active, key.created);
        let _ = match view.get::<AccessKeyUseRow>(account.as_str(), &key.id) {
            Some(last) => write!(line, ",{},{},{}", last.used, last.region, last.service),
            None => write!(line, ",N/A,N/A,N/A"),
        };
    }
    line.push_str(",false,N/A,false,N/A");
    line
}

/// A field that may hold a comma: names and paths can.
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains([',', '"']) {
        format!("\"{}\"", field.replace('"', "\"\"")).into()
    } else {
        field.into()
    }
}

fn replace(
    tx: &mut Tx<'_>,
    account: AccountId,
    parts: &[String],
    now: Timestamp,
) -> Result<(), Fault> {
    let old: Vec<u32> =
        tx.range::<CredentialReportRow>(account.as_str(), ..).map(|row| row.part).collect();
    for part in old {
        tx.delete::<CredentialReportRow>(account.as_str(), &part_key(part))?;
    }
    for (part, text) in (0..).zip(parts) {
        tx.insert(CredentialReportRow { account, part, generated: now, text: text.clone() })?;
    }
    Ok(())
}
