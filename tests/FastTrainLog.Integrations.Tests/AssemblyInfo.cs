using Xunit.Sdk;
using Xunit.v3;

// The allocation test counts what the whole process allocates.
[assembly: Parallelization(Mode = ParallelMode.None)]
