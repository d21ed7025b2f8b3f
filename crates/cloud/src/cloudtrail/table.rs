//! The operations of CloudTrail.

crate::operations! { CloudTrail;
    read crate::cloudtrail::lookup::LookupEvents;
}
