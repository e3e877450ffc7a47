namespace FastTrainLog.Shipping;

/// <summary>How a log directory is shipped.</summary>
public sealed class ShipOptions
{
    /// <summary>Gets or sets the directory that cursors and quarantine files are kept in; null for the log directory itself. Needed where the log may only be read.</summary>
    public string? StateDirectory { get; set; }

    /// <summary>Gets or sets the time between two looks for new records; 250 ms by default.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets or sets the longest first pause after a batch that was not taken; 100 ms by default. It doubles with each attempt; the pause itself is random up to it.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the longest pause between two attempts, unless the target asks for more; 30 s by default.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the most bytes of log lines sent in a second; 0 for no limit, the default.</summary>
    public long MaxBytesPerSecond { get; set; }

    /// <summary>Gets or sets the time between two writings of the cursor to the disk; 200 ms by default, zero for one after each batch. What was sent since the last one is sent again after a kill.</summary>
    public TimeSpan CursorInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets or sets what is called with each notice, on the shipper's thread; null for nothing.</summary>
    public Action<ShipNotice>? OnNotice { get; set; }

    internal void Validate()
    {
        Require(PollInterval > TimeSpan.Zero, nameof(PollInterval), PollInterval, "above zero");
        Require(FirstPause > TimeSpan.Zero, nameof(FirstPause), FirstPause, "above zero");
        Require(LongestPause >= FirstPause, nameof(LongestPause), LongestPause, $"{nameof(FirstPause)} or more");
        Require(MaxBytesPerSecond >= 0, nameof(MaxBytesPerSecond), MaxBytesPerSecond, "0 or more");
        Require(CursorInterval >= TimeSpan.Zero, nameof(CursorInterval), CursorInterval, "zero or more");
    }

    private static void Require(bool isMet, string option, object value, string range)
    {
        if (!isMet)
        {
            throw new ArgumentException($"ShipOptions.{option} is {value}; it must be {range}.");
        }
    }
}
