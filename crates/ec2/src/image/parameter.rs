//! The public parameters of Systems Manager that name images, such as
//! `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64`: the catalogue's images under the names
//! that their publishers keep up to date.
//!
//! Amazon Linux's follow from the names of its images, without their versions; held against all parameters of 28
//! regions that the package `moto` collected, this gives the images that they name and no others. The names of
//! Windows, Ubuntu and Debian are those that guides and public code ask for.

use cloud::{Ask, Fault};

use crate::image::{self, Image};

/// What all names begin with.
pub const PUBLIC: &str = "/aws/service/";
/// The kernel of Amazon Linux 2023 whose images are also called `kernel-default`.
const AL2023_KERNEL: &str = "kernel-6.1-";
/// The kernel of Amazon Linux 2 whose images are also called `kernel-default`.
const AL2_KERNEL: &str = "kernel-5.10";
/// The kernel of those images of Amazon Linux 2 whose names say none.
const AL2_OLD_KERNEL: &str = "kernel-4.14";
/// The code names of Debian's releases, which stand in names in the place of numbers.
const DEBIAN_CODE_NAMES: &[(&str, &str)] = &[("12", "bookworm")];

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageParameter {
    /// Its name.
    pub name: String,
    /// The image that it names.
    pub image: &'static Image,
    /// `text` or `aws:ec2:image`, as its publisher made it.
    pub data_type: &'static str,
}

/// All parameters of a region, by name.
#[must_use]
pub fn all(region: &str) -> Vec<ImageParameter> {
    let of_image = |image: &'static Image| {
        let (names, data_type) = names(&image.name);
        names.into_iter().map(move |name| ImageParameter { name, image, data_type })
    };
    let mut found: Vec<ImageParameter> = image::all(region).iter().flat_map(of_image).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// The parameter of this name.
#[must_use]
pub fn find(region: &str, name: &str) -> Option<ImageParameter> {
    name.strip_prefix(PUBLIC)?;
    all(region).into_iter().find(|parameter| parameter.name == name)
}

/// The ARN that a parameter is asked for with: those that AWS publishes are in no account (denials that people
/// quote, aws-samples/sample-OpenClaw-on-AWS-with-Bedrock issue 65).
#[must_use]
pub fn arn(ask: &Ask<'_>, name: &str) -> String {
    let account = if name.starts_with(PUBLIC) { String::new() } else { ask.account().to_string() };
    format!("arn:aws:ssm:{}:{account}:parameter/{}", ask.region, name.trim_start_matches('/'))
}

/// The parameter that a launch names in the place of an image: `resolve:ssm:NAME`.
///
/// # Errors
/// `NotImplemented` for one of a certain version.
pub fn of_launch(image_id: &str) -> Result<Option<&str>, Fault> {
    let Some(name) = image_id.strip_prefix("resolve:ssm:") else { return Ok(None) };
    if name.contains(':') {
        let text =
            format!("rolecall models no versions and labels of parameters, as in `{image_id}`");
        return Err(Fault::new("NotImplemented", text));
    }
    Ok(Some(name))
}

/// The image that a parameter names.
///
/// # Errors
/// `SsmInvalidParameter`; the code is that of other faults of parameters (aws/aws-cdk issue 26712), the text is
/// unverified.
pub fn image(region: &str, name: &str) -> Result<&'static Image, Fault> {
    let found = find(region, name).map(|parameter| parameter.image);
    found.ok_or_else(|| {
        Fault::new("SsmInvalidParameter", format!("The parameter {name} does not exist."))
    })
}

/// The parameters that name an image, by the image's own name, and what kind of value they have.
fn names(image: &str) -> (Vec<String>, &'static str) {
    let amazon = |names: Vec<String>| {
        let full = |name: String| format!("{PUBLIC}ami-amazon-linux-latest/{name}");
        (names.into_iter().map(full).collect(), "text")
    };
    if let Some(rest) = image.strip_prefix("al2023-ami-") {
        return amazon(amazon_linux_2023(rest));
    }
    if image.starts_with("amzn") {
        return amazon(amazon_linux(image));
    }
    if image.starts_with("Windows_Server-") {
        let name = image.rsplit_once('-').map_or(image, |(name, _)| name);
        return (vec![format!("{PUBLIC}ami-windows-latest/{name}")], "text");
    }
    if let Some(rest) = image.strip_prefix("ubuntu/images/") {
        return (ubuntu(rest), "aws:ec2:image");
    }
    match image.strip_prefix("debian-").map(|rest| rest.split('-').collect::<Vec<_>>()) {
        Some(parts) => (debian(&parts), "aws:ec2:image"),
        None => (Vec::new(), "text"),
    }
}

/// `minimal-2023.11.20260427.1-kernel-6.1-x86_64`
fn amazon_linux_2023(rest: &str) -> Vec<String> {
    let (minimal, rest) = match rest.strip_prefix("minimal-") {
        Some(rest) => ("minimal-", rest),
        None => ("", rest),
    };
    let Some((_, kernel)) = rest.split_once('-') else { return Vec::new() };
    let mut names = vec![format!("al2023-ami-{minimal}{kernel}")];
    if let Some(architecture) = kernel.strip_prefix(AL2023_KERNEL) {
        names.push(format!("al2023-ami-{minimal}kernel-default-{architecture}"));
    }
    names
}

/// `amzn2-ami-minimal-kernel-5.10-hvm-2.0.20260427.1-x86_64-gp2`
fn amazon_linux(image: &str) -> Vec<String> {
    let mut parts: Vec<&str> = image.split('-').collect();
    let Some(at) = parts.iter().position(|part| matches!(*part, "hvm" | "pv")) else {
        return Vec::new();
    };
    if at + 1 < parts.len() {
        parts.remove(at + 1);
    }
    let name = parts.join("-");
    let mut names = vec![name.clone()];
    if name.contains(AL2_KERNEL) {
        names.push(name.replace(AL2_KERNEL, "kernel-default"));
    } else if name.starts_with("amzn2-") && !name.contains("kernel") {
        names.push(name.replace("-hvm", &format!("-{AL2_OLD_KERNEL}-hvm")));
    }
    names
}

/// `hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260410`
fn ubuntu(rest: &str) -> Vec<String> {
    let Some((folder, name)) = rest.split_once('/') else { return Vec::new() };
    let disk = if folder.ends_with("gp3") { "ebs-gp3" } else { "ebs-gp2" };
    let [_, code_name, release, architecture, kind, serial] = *name.split('-').collect::<Vec<_>>()
    else {
        return Vec::new();
    };
    let of = |release: &str, serial: &str| {
        format!(
            "{PUBLIC}canonical/ubuntu/{kind}/{release}/stable/{serial}/{architecture}/hvm/{disk}/ami-id"
        )
    };
    let names = [release, code_name].map(|release| [of(release, "current"), of(release, serial)]);
    names.into_iter().flatten().collect()
}

/// `12`, `amd64`, `20260413`, `2447`
fn debian(parts: &[&str]) -> Vec<String> {
    let [release, architecture, ..] = *parts else { return Vec::new() };
    let code_name = DEBIAN_CODE_NAMES.iter().find(|(number, _)| *number == release);
    let releases = [Some(release), code_name.map(|(_, name)| *name)];
    let of = |release: &str| format!("{PUBLIC}debian/release/{release}/latest/{architecture}");
    releases.into_iter().flatten().map(of).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_of_images() {
        let check = |image: &str, expected: &[&str]| {
            let full = |name: &&str| format!("{PUBLIC}{name}");
            let expected: Vec<String> = expected.iter().map(full).collect();
            assert_eq!(names(image).0, expected, "{image}");
        };
        check(
            "al2023-ami-2023.11.20260427.1-kernel-6.1-x86_64",
            &[
                "ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
                "ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            ],
        );
        check(
            "al2023-ami-minimal-2023.11.20260427.1-kernel-6.12-arm64",
            &["ami-amazon-linux-latest/al2023-ami-minimal-kernel-6.12-arm64"],
        );
        check(
            "amzn2-ami-hvm-2.0.20260427.1-x86_64-gp2",
            &[
                "ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
                "ami-amazon-linux-latest/amzn2-ami-kernel-4.14-hvm-x86_64-gp2",
            ],
        );
        check(
            "amzn2-ami-minimal-kernel-5.10-hvm-2.0.20260427.1-arm64-gp2",
            &[
                "ami-amazon-linux-latest/amzn2-ami-minimal-kernel-5.10-hvm-arm64-gp2",
                "ami-amazon-linux-latest/amzn2-ami-minimal-kernel-default-hvm-arm64-gp2",
            ],
        );
        check(
            "amzn-ami-hvm-2018.03.0.20231218.0-x86_64-gp2",
            &["ami-amazon-linux-latest/amzn-ami-hvm-x86_64-gp2"],
        );
        check(
            "Windows_Server-2022-English-Full-Base-2026.04.15",
            &["ami-windows-latest/Windows_Server-2022-English-Full-Base"],
        );
        check(
            "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20260410",
            &[
                "canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
                "canonical/ubuntu/server/24.04/stable/20260410/arm64/hvm/ebs-gp3/ami-id",
                "canonical/ubuntu/server/noble/stable/current/arm64/hvm/ebs-gp3/ami-id",
                "canonical/ubuntu/server/noble/stable/20260410/arm64/hvm/ebs-gp3/ami-id",
            ],
        );
        check(
            "debian-12-arm64-20260413-2447",
            &["debian/release/12/latest/arm64", "debian/release/bookworm/latest/arm64"],
        );
        check("databricks-worker-x86_64-20260401", &[]);
    }

    #[test]
    fn every_name_names_one_image_of_the_region() {
        for region in ["us-east-1", "eu-west-1", "ap-southeast-5"] {
            let all = all(region);
            assert!(all.len() > 30, "{region}: {}", all.len());
            assert!(all.windows(2).all(|pair| pair[0].name < pair[1].name), "{region}");
        }
        let name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
        assert_eq!(find("us-east-1", name).unwrap().image.id, "ami-0ed094fb1304fd857");
        assert_ne!(find("eu-west-1", name).unwrap().image.id, "ami-0ed094fb1304fd857");
        assert!(find("us-east-1", "/aws/service/nothing").is_none());
        assert!(all("mars-1").is_empty());
    }
}
