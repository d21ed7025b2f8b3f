//! `GetSpotPlacementScores`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::demand;
use crate::page;
use crate::region;
use crate::unmodelled::Unmodelled;

/// The least and most of `MaxResults` (API reference).
const LEAST_RESULTS: i32 = 10;
/// The highest score: "a request is highly likely to succeed".
const HIGHEST: i64 = 10;
/// With fewer types "Amazon EC2 will return a low placement score" (API reference).
const FEW_TYPES: usize = 3;
/// What that is.
const LOW: i64 = 3;
/// Instances of one type in one zone that are taken for certain.
const CERTAIN: i64 = 50;

/// `GetSpotPlacementScores`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSpotPlacementScores {
    /// Of these types.
    #[serde(default)]
    pub instance_type: Vec<String>,
    /// So many.
    pub target_capacity: i32,
    /// `units`, `vcpu` or `memory-mib`.
    pub target_capacity_unit_type: Option<String>,
    /// Scores of zones rather than of regions.
    pub single_availability_zone: Option<bool>,
    /// In these regions.
    #[serde(default)]
    pub region_name: Vec<String>,
    /// Types by their attributes.
    pub instance_requirements_with_metadata: Option<Requirements>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Types by their attributes, which are not modelled.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Requirements {}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpotPlacementScoresOutput {
    spot_placement_score_set: Vec<SpotPlacementScore>,
    next_token: Option<String>,
}

/// A region's or a zone's score.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpotPlacementScore {
    region: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability_zone_id: Option<String>,
    score: i64,
}

impl Operation for GetSpotPlacementScores {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "GetSpotPlacementScores";
    type Output = SpotPlacementScoresOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST_RESULTS)?;
        let requirements = self.instance_requirements_with_metadata.as_ref();
        Unmodelled::new(Self::NAME)
            .value("InstanceRequirementsWithMetadata", requirements)
            .flag(
                "TargetCapacityUnitType",
                self.target_capacity_unit_type.as_deref().is_some_and(|unit| unit != "units"),
            )
            .finish()?;
        // github.com/redhat-developer/mapt issue 902
        let names = self.instance_type.iter().map(String::as_str);
        let unknown: Vec<&str> =
            names.filter(|name| catalogue::instance_type_name(name).is_none()).collect();
        if !unknown.is_empty() {
            let text = format!(
                "The request contains instance types that are not valid. Remove or correct the following \
                 instance types, and try again: [{}].",
                unknown.join(", ")
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        if self.instance_type.is_empty() {
            let text = "The request must contain the parameter InstanceType";
            return Err(Fault::new("MissingParameter", text));
        }
        if self.target_capacity < 1 {
            let text = format!(
                "Value ({}) for parameter targetCapacity is invalid.",
                self.target_capacity
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:GetSpotPlacementScores")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for GetSpotPlacementScores {
    fn read(self, _: &Ask<'_>) -> Result<SpotPlacementScoresOutput, Fault> {
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let by_zone = self.single_availability_zone == Some(true);
        let mut scores = Vec::new();
        for region in region::REGIONS {
            let asked = &self.region_name;
            if !asked.is_empty() && !asked.iter().any(|name| name == region.name) {
                continue;
            }
            let zones = region::zones(region.name);
            let pools = zones.iter().map(|zone| (zone, self.pools(region.name, &zone.name)));
            if by_zone {
                scores.extend(pools.filter(|(_, pools)| *pools > 0).map(|(zone, pools)| {
                    SpotPlacementScore {
                        region: region.name,
                        availability_zone_id: Some(zone.id.clone()),
                        score: self.score(pools),
                    }
                }));
                continue;
            }
            let pools: i64 = pools.map(|(_, pools)| pools).sum();
            if pools > 0 {
                let score = self.score(pools);
                let region = region.name;
                scores.push(SpotPlacementScore { region, availability_zone_id: None, score });
            }
        }
        // The best first; then by name, so that pages follow each other.
        let key = |one: &SpotPlacementScore| {
            let zone = one.availability_zone_id.as_deref().unwrap_or_default();
            format!("{:02} {} {zone}", HIGHEST - one.score, one.region)
        };
        scores.sort_by_key(key);
        scores.retain(|one| key(one) > after);
        let page = page::cut(scores, self.max_results, key);
        let spot_placement_score_set = page.items;
        Ok(SpotPlacementScoresOutput { spot_placement_score_set, next_token: page.next_token })
    }
}

impl GetSpotPlacementScores {
    /// How many of the types a zone offers.
    fn pools(&self, region: &str, zone: &str) -> i64 {
        let offered =
            self.instance_type.iter().filter(|name| catalogue::offers(region, zone, name));
        i64::try_from(offered.count()).unwrap_or_default()
    }

    /// One less for each doubling of the capacity beyond what is certain: a model of this program's own.
    fn score(&self, pools: i64) -> i64 {
        let mut score = HIGHEST;
        let mut certain = pools * CERTAIN;
        while certain < i64::from(self.target_capacity) && score > 1 {
            score -= 1;
            certain *= 2;
        }
        if self.instance_type.len() < FEW_TYPES { score.min(LOW) } else { score }
    }
}
