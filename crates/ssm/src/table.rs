//! The operations of Systems Manager.

cloud::operations! { Ssm;
    read crate::parameter::get::GetParameter;
    read crate::parameter::get::GetParameters;
    read crate::parameter::by_path::GetParametersByPath;
}
