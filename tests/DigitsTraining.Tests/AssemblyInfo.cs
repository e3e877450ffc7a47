using Xunit;

// Each test starts processes that train; side by side they would only wait for one another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
