namespace FastTrainLog.Sinks;

/// <summary>Determines when a file is due to be rotated by time: at the first record after a boundary of the local time.</summary>
/// <remarks>
/// It uses the records' own times, so that no record costs a clock read, and a record of 23:59:59 is in that day's file
/// even if it is written late.
/// </remarks>
internal sealed class RotationClock(RotationInterval interval, TimeZoneInfo zone)
{
    private readonly long _longest = interval switch
    {
        RotationInterval.Hourly => TimeSpan.FromHours(2).Ticks,
        RotationInterval.Daily => TimeSpan.FromHours(26).Ticks,
        RotationInterval.Weekly => TimeSpan.FromDays(8).Ticks,
        _ => TimeSpan.FromDays(32).Ticks,
    };

    private long _boundary;

    /// <summary>Gets the time zone of its boundaries.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>Begins a period that holds a time, in UTC ticks.</summary>
    public void Begin(long utc) => _boundary = NextBoundary(utc);

    /// <summary>Returns whether a time in UTC ticks is after the period.</summary>
    public bool IsOver(long utc)
    {
        if (_boundary - utc > _longest)
        {
            // The period was begun when the clock was ahead, and the clock has been corrected since.
            Begin(utc);
        }

        return utc >= _boundary;
    }

    /// <summary>Returns the first boundary after a time, both in UTC ticks.</summary>
    internal long NextBoundary(long utc)
    {
        var time = new DateTime(utc, DateTimeKind.Utc);
        DateTime local = DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(time, zone), DateTimeKind.Unspecified);
        DateTime day = local.Date;
        return interval switch
        {
            // By elapsed time to the next full hour, not by its name: when the clock is set back by an hour, that name occurs twice.
            RotationInterval.Hourly => utc + TimeSpan.TicksPerHour - (local.Ticks % TimeSpan.TicksPerHour),
            RotationInterval.Daily => ToUtc(day.AddDays(1)),
            RotationInterval.Weekly => ToUtc(day.AddDays(7 - (((int)day.DayOfWeek + 6) % 7))),
            RotationInterval.Monthly => ToUtc(new DateTime(day.Year, day.Month, 1).AddMonths(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "This is not an interval."),
        };
    }

    private long ToUtc(DateTime midnight)
    {
        if (zone.IsAmbiguousTime(midnight))
        {
            // It comes twice, and the day begins with the first.
            return midnight.Ticks - zone.GetAmbiguousTimeOffsets(midnight).Max().Ticks;
        }

        DateTime time = midnight;
        while (zone.IsInvalidTime(time))
        {
            // It is skipped, and the day begins where the skipped time ends, which is the instant at which it begins.
            time = time.AddMinutes(-1);
        }

        return time.Ticks - zone.GetUtcOffset(time).Ticks + (time == midnight ? 0 : TimeSpan.TicksPerMinute);
    }
}
