using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FastTrainLog.Gradients.Cuda;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The PTX in the library is what its source compiles to.</summary>
public sealed class PtxTests
{
    private const string Compiler = "clang++-14";

    [Fact]
    public void Embedded_ptx_names_the_hash_of_the_source_it_was_built_from()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in SourceFiles())
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        string expected = $"// source-sha256: {Convert.ToHexStringLower(hash.GetHashAndReset())}";
        string first = EmbeddedPtx().Split('\n')[0];
        Assert.True(first == expected, $"gradients.ptx begins with '{first}', its source has '{expected}': run eng/build-ptx.sh");
    }

    [Fact]
    public void Building_the_source_again_gives_the_embedded_ptx()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && OnPath(Compiler), $"{Compiler} is not on this machine (Debian: clang-14)");

        // The script finds the kernels beside itself, so it gets a tree of its own.
        string root = Directory.CreateTempSubdirectory("fasttrainlog-ptx").FullName;
        try
        {
            string kernels = Path.Combine(root, "src/FastTrainLog/Gradients/Cuda/Kernels");
            Directory.CreateDirectory(kernels);
            Directory.CreateDirectory(Path.Combine(root, "eng"));
            foreach (string file in SourceFiles())
            {
                string name = Path.GetFileName(file);
                File.Copy(file, Path.Combine(name == "build-ptx.sh" ? Path.Combine(root, "eng") : kernels, name));
            }

            string built = Path.Combine(root, "built.ptx");
            using var process = Process.Start("bash", [Path.Combine(root, "eng/build-ptx.sh"), built])!;
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Assert.Equal(File.ReadAllText(built), EmbeddedPtx());
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Ptx_needs_no_newer_driver_than_the_documentation_says()
    {
        string ptx = EmbeddedPtx();
        Assert.Contains(".version 6.0\n", ptx, StringComparison.Ordinal);
        Assert.Contains(".target sm_70\n", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void Float_operations_are_neither_fused_nor_flushed_to_zero_by_the_driver()
    {
        // Without a rounding mode ptxas may fuse a multiplication and an addition, and ".ftz" would lose denormals.
        string[] loose = ["mul.f32", "add.f32", "sub.f32", "mul.f64", "add.f64", "sub.f64", ".ftz", ".approx"];
        string ptx = EmbeddedPtx();
        Assert.DoesNotContain(loose, operation => ptx.Contains(operation, StringComparison.Ordinal));
        Assert.Contains("fma.rn.f32", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_spill_nothing_into_local_memory_before_the_driver_compiles_them()
        => Assert.DoesNotContain(".local", EmbeddedPtx(), StringComparison.Ordinal);

    [Fact]
    public void Kernel_parameter_has_the_size_of_its_twin()
        => Assert.Contains($"ftl_measure_param_0[{Unsafe.SizeOf<KernelLaunch>()}]", EmbeddedPtx(), StringComparison.Ordinal);

    // In the order of LC_ALL=C's "*.cu *.h", then the script, as build-ptx.sh reads them.
    private static IEnumerable<string> SourceFiles()
        => Directory.GetFiles(KernelSource.Folder, "*.cu").Order(StringComparer.Ordinal)
            .Concat(Directory.GetFiles(KernelSource.Folder, "*.h").Order(StringComparer.Ordinal))
            .Append(Path.Combine(KernelSource.Folder, "build-ptx.sh"));

    private static string EmbeddedPtx() => System.Text.Encoding.UTF8.GetString(CudaDevice.EmbeddedPtx()).TrimEnd('\0');

    private static bool OnPath(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
