using Xunit;

// The allocation test counts what the whole process allocates.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
