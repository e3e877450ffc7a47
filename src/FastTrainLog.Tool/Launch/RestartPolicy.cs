using System.Globalization;

namespace FastTrainLog.Tool.Launch;

/// <summary>The value of <c>--restart</c>: <c>on-failure</c>, or <c>on-failure:MAX</c>.</summary>
internal static class RestartPolicy
{
    private const string OnFailure = "on-failure";
    private const int DefaultMost = 3;

    /// <summary>Returns how often all ranks are started again; 0 for a missing option.</summary>
    /// <param name="text">The value; null for none.</param>
    /// <param name="problem">What is wrong with it; null for nothing.</param>
    public static int Parse(string? text, out string? problem)
    {
        problem = null;
        switch (text?.Split(':', 2))
        {
            case null:
                return 0;
            case [OnFailure]:
                return DefaultMost;
            case [OnFailure, var most] when int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0:
                return number;
            default:
                problem = $"The option --restart is '{text}', but must be on-failure, or on-failure:MAX with a whole number above 0, such as on-failure:3.";
                return 0;
        }
    }
}
