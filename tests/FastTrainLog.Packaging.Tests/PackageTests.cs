namespace FastTrainLog.Packaging.Tests;

public sealed class PackageTests(Packages packages)
{
    [Fact]
    public void Every_package_is_packed_without_a_flag()
    {
        Assert.Equal(["FastTrainLog", "FastTrainLog.Analysis", "FastTrainLog.Dashboard", "FastTrainLog.Query", "FastTrainLog.Shipping", "FastTrainLog.Shipping.S3", "FastTrainLog.Templates", "FastTrainLog.Testing", "FastTrainLog.Tool", "FastTrainLog.TorchSharp", "FastTrainLog.ZLogger"], packages.Names);
        string[] libraries = [.. packages.Names.Except(["FastTrainLog.Query", "FastTrainLog.Templates", "FastTrainLog.Tool"])];
        Assert.All(libraries, name => Assert.Contains($"lib/net10.0/{name}.xml", packages.Files(name)));
        // A program that trains may be one of .NET 8; the dashboard is a server of its own.
        Assert.All(libraries.Except(["FastTrainLog.Dashboard"]), name => Assert.Contains($"lib/net8.0/{name}.xml", packages.Files(name)));
    }

    [Fact]
    public void Package_holds_the_library_with_its_documentation_and_the_generator_and_its_code_fixes()
    {
        string[] files = packages.Files("FastTrainLog");
        Assert.Contains("lib/net10.0/FastTrainLog.dll", files);
        Assert.Contains("analyzers/dotnet/cs/FastTrainLog.Generators.dll", files);
        Assert.Contains("analyzers/dotnet/cs/FastTrainLog.Generators.CodeFixes.dll", files);
        Assert.Contains("README.md", files);
        Assert.Equal(["lib/net10.0/FastTrainLog.dll", "lib/net8.0/FastTrainLog.dll"], files.Where(static f => f.StartsWith("lib/", StringComparison.Ordinal) && f.EndsWith(".dll", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Integrations_depend_on_the_library_and_on_what_they_integrate_and_the_native_library_is_the_users_choice()
    {
        Assert.Equal([$"FastTrainLog {Packages.Version}", "TorchSharp 0.107.0"], packages.Dependencies("FastTrainLog.TorchSharp"));
        Assert.Equal([$"FastTrainLog {Packages.Version}", "Utf8StringInterpolation 1.3.2", "ZLogger 2.6.1"], packages.Dependencies("FastTrainLog.ZLogger"));
    }

    [Fact]
    public void The_package_for_tests_depends_on_the_library_alone_and_has_a_README_of_its_own()
    {
        Assert.Equal([$"FastTrainLog {Packages.Version}"], packages.Dependencies("FastTrainLog.Testing"));
        Assert.Contains("README.md", packages.Files("FastTrainLog.Testing"));
    }
}
