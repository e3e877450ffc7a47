namespace FastTrainLog.Tool.Doctor;

/// <summary>All checks of a log directory, in the order in which they are shown.</summary>
internal static class Examination
{
    private static readonly (string Name, Func<LogDirectoryState, IEnumerable<Finding>> Run)[] Checks =
    [
        ("directory", DirectoryCheck.Run),
        ("space", SpaceCheck.Run),
        ("options", OptionCheck.Run),
        ("processes", ProcessCheck.Run),
        ("journals", JournalCheck.Run),
        ("rotation", RotationCheck.Run),
        ("retention", RetentionCheck.Run),
        ("content", ContentCheck.Run),
        ("clock", ClockCheck.Run),
    ];

    public static IEnumerable<(string Check, Finding Finding)> Of(LogDirectoryState state) =>
        Checks.SelectMany(check => check.Run(state).Select(finding => (check.Name, finding)));
}
