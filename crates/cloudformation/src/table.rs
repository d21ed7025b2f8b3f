//! The operations of CloudFormation.

cloud::operations! { CloudFormation;
    write crate::stack::create::CreateStack;
    read crate::stack::describe::DescribeStacks;
    write crate::stack::delete::DeleteStack;
    write crate::stack::update::UpdateStack;
}
