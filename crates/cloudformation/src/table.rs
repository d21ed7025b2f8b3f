//! The operations of CloudFormation.

cloud::operations! { CloudFormation;
    write crate::stack::create::CreateStack;
    write crate::stack::update::UpdateStack;
    write crate::stack::delete::DeleteStack;
    read crate::stack::describe::DescribeStacks;
    read crate::stack::list::ListStacks;
    write crate::stack::list::UpdateTerminationProtection;
    read crate::event::describe::DescribeStackEvents;

    read crate::stack_resource::describe::DescribeStackResource;
    read crate::stack_resource::describe::DescribeStackResources;
    read crate::stack_resource::describe::ListStackResources;

    write crate::change_set::create::CreateChangeSet;
    read crate::change_set::describe::DescribeChangeSet;
    write crate::change_set::execute::ExecuteChangeSet;
    write crate::change_set::execute::DeleteChangeSet;
    read crate::change_set::describe::ListChangeSets;

    read crate::template_query::GetTemplate;
    read crate::template_query::GetTemplateSummary;
    read crate::template_query::ValidateTemplate;

    read crate::export::list::ListExports;
    read crate::export::list::ListImports;
}
