namespace FastTrainLog.Dashboard;

/// <summary>The settings of the dashboard.</summary>
public sealed class DashboardOptions
{
    /// <summary>Gets the directories whose logs are shown: log directories, or directories with log directories below them, at any depth. Nothing outside of them is read.</summary>
    public IList<string> Directories { get; } = [];

    /// <summary>Gets or sets the token that a client has to know; null for none. Without one, only clients of this machine are answered.</summary>
    /// <value>At least 16 characters, better 32 random ones; it is compared in constant time.</value>
    public string? Token { get; set; }

    /// <summary>Gets the names under which clients may address the server besides <c>localhost</c> and addresses of this machine's loopback interface; without a port.</summary>
    /// <remarks>A request for another name is refused: a web page elsewhere could have given that name to this machine's address.</remarks>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Gets or sets whether the page sends commands to runs whose options have <see cref="Training.TrainingRunOptions.EnableControl"/>; by default it does not.</summary>
    /// <remarks>
    /// With <see cref="Token"/>, who knows it may steer; without, only the user of this process, on this machine, which Linux tells of a connection and other systems do not. A reverse
    /// proxy of another user is refused without a token. Conventions of <see cref="Microsoft.AspNetCore.Builder.DashboardEndpointRouteBuilderExtensions.MapFastTrainLog"/> apply besides.
    /// </remarks>
    public bool AllowSteering { get; set; }

    /// <summary>Gets or sets how often the logs are read while a page is open; between 50 milliseconds and a minute, by default 250 milliseconds.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets or sets the most pages that may be kept up to date at the same time; by default 1,000. Others are refused with status 503.</summary>
    public int MaxStreams { get; set; } = 1000;

    /// <summary>Gets or sets the file with the rules of alerts; null for none. docs/dashboard.md describes it.</summary>
    public string? AlertFile { get; set; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is invalid.</exception>
    internal void Validate()
    {
        if (Directories.Count == 0)
        {
            throw new ArgumentException($"{nameof(DashboardOptions)}.{nameof(Directories)} is empty: add at least one log directory, or a directory with log directories below it.");
        }

        if (Directories.FirstOrDefault(directory => !Directory.Exists(directory)) is { } missing)
        {
            throw new ArgumentException($"{nameof(DashboardOptions)}.{nameof(Directories)} contains '{missing}', which is not an existing directory.");
        }

        if (Token is { Length: < ShortestToken })
        {
            throw new ArgumentException($"{nameof(DashboardOptions)}.{nameof(Token)} has {Token.Length} characters; use at least {ShortestToken}, such as the output of 'openssl rand -hex 16'.");
        }

        if (RefreshInterval < TimeSpan.FromMilliseconds(50) || RefreshInterval > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentException($"{nameof(DashboardOptions)}.{nameof(RefreshInterval)} is {RefreshInterval}; it must be between 50 milliseconds and 1 minute.");
        }

        if (MaxStreams < 1)
        {
            throw new ArgumentException($"{nameof(DashboardOptions)}.{nameof(MaxStreams)} is {MaxStreams}; it must be at least 1.");
        }
    }

    /// <summary>The fewest characters of a token.</summary>
    internal const int ShortestToken = 16;
}
