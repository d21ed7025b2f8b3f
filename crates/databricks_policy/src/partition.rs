//! Who Databricks is in each of AWS's partitions.

/// A partition as the data sources name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partition {
    /// `aws`
    #[default]
    Aws,
    /// `aws-us-gov`
    Gov,
    /// `aws-us-gov-dod`: the same partition of AWS, another account of Databricks.
    Dod,
}

impl Partition {
    /// By its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "aws" => Some(Self::Aws),
            "aws-us-gov" => Some(Self::Gov),
            "aws-us-gov-dod" => Some(Self::Dod),
            _ => None,
        }
    }

    /// The partition in ARNs.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gov | Self::Dod => "aws-us-gov",
        }
    }

    /// Databricks' AWS account.
    #[must_use]
    pub fn databricks_account(self) -> &'static str {
        match self {
            Self::Aws => "414351767826",
            Self::Gov => "044793339203",
            Self::Dod => "170661010020",
        }
    }

    /// Databricks' account as a principal.
    #[must_use]
    pub fn databricks_root(self) -> String {
        format!("arn:{}:iam::{}:root", self.namespace(), self.databricks_account())
    }

    /// The role that Unity Catalog works with.
    #[must_use]
    pub fn unity_catalog_role(self) -> String {
        self.role(match self {
            Self::Aws => "unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL",
            Self::Gov => "unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
            Self::Dod => "unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
        })
    }

    /// The role that usage logs are delivered with.
    #[must_use]
    pub fn log_delivery_role(self) -> String {
        self.role(match self {
            Self::Aws => "SaasUsageDeliveryRole-prod-IAMRole-3PLHICCRR1TK",
            Self::Gov => "SaasUsageDeliveryRole-prod-aws-gov-IAMRole-L4QM0RCHYQ1G",
            Self::Dod => "SaasUsageDeliveryRole-prod-aws-gov-dod-IAMRole-1DMEHBYR8VC5P",
        })
    }

    fn role(self, name: &str) -> String {
        format!("arn:{}:iam::{}:role/{name}", self.namespace(), self.databricks_account())
    }
}
