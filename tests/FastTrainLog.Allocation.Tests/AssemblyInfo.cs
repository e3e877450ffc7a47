using Xunit;

// Allocations are counted over the whole process: nothing may run beside a test.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
