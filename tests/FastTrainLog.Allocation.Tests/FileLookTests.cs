using FastTrainLog.Files;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

/// <summary>What the backend asks of the file system every few seconds, as long as a log lives.</summary>
public sealed class FileLookTests
{
    [Fact]
    public void A_look_at_a_file_allocates_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere .NET is asked, which allocates.");
        string path = Directory.CreateTempSubdirectory("fasttrainlog-look-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(path, "file"), "text");
            using OpenDirectory directory = OpenDirectory.Open(path);
            Assert.Equal(4, directory.StatusOf("file")?.Length);
            Assert.Null(directory.StatusOf("none"));
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                directory.StatusOf("file");
                directory.StatusOf("none");
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
