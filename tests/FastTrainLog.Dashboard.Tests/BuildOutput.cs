namespace FastTrainLog.Dashboard.Tests;

/// <summary>Programs of this repository in their own output folders: beside the tests they lack the libraries that are part of ASP.NET Core there.</summary>
internal static class BuildOutput
{
    /// <summary>Returns the path of a program that was built like the tests.</summary>
    public static string Of(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
    }
}
