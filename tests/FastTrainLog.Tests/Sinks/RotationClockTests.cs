using System.Globalization;
using FastTrainLog.Sinks;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class RotationClockTests
{
    [Theory]
    // The hour that comes twice has two boundaries, the one that is skipped none of its own.
    [InlineData(RotationInterval.Hourly, "Europe/Berlin", "2024-01-15T10:30:15Z", "2024-01-15T11:00:00Z")]
    [InlineData(RotationInterval.Hourly, "Europe/Berlin", "2024-10-27T00:30:00Z", "2024-10-27T01:00:00Z")]
    [InlineData(RotationInterval.Hourly, "Europe/Berlin", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z")]
    [InlineData(RotationInterval.Hourly, "Europe/Berlin", "2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z")]
    [InlineData(RotationInterval.Hourly, "Asia/Kolkata", "2024-01-15T10:29:59Z", "2024-01-15T10:30:00Z")]
    [InlineData(RotationInterval.Daily, "Europe/Berlin", "2024-01-15T10:30:15Z", "2024-01-15T23:00:00Z")]
    [InlineData(RotationInterval.Daily, "Europe/Berlin", "2024-01-15T23:00:00Z", "2024-01-16T23:00:00Z")]
    // Days of 23 and of 25 hours.
    [InlineData(RotationInterval.Daily, "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z")]
    [InlineData(RotationInterval.Daily, "Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z")]
    // Midnight is skipped: the day begins at 1:00.
    [InlineData(RotationInterval.Daily, "Asia/Beirut", "2024-03-30T12:00:00Z", "2024-03-30T22:00:00Z")]
    // Midnight comes twice: the day begins with the first.
    [InlineData(RotationInterval.Daily, "America/Havana", "2024-11-02T12:00:00Z", "2024-11-03T04:00:00Z")]
    [InlineData(RotationInterval.Daily, "America/Havana", "2024-11-03T04:30:00Z", "2024-11-04T05:00:00Z")]
    [InlineData(RotationInterval.Daily, "America/Havana", "2024-11-03T05:30:00Z", "2024-11-04T05:00:00Z")]
    [InlineData(RotationInterval.Weekly, "UTC", "2024-01-14T23:59:59Z", "2024-01-15T00:00:00Z")]
    [InlineData(RotationInterval.Weekly, "UTC", "2024-01-15T00:00:00Z", "2024-01-22T00:00:00Z")]
    [InlineData(RotationInterval.Monthly, "Europe/Berlin", "2024-12-31T22:59:59Z", "2024-12-31T23:00:00Z")]
    [InlineData(RotationInterval.Monthly, "Europe/Berlin", "2024-03-15T00:00:00Z", "2024-03-31T22:00:00Z")]
    public void A_period_ends_at_the_next_boundary_of_the_local_time(RotationInterval interval, string zone, string time, string boundary) =>
        Assert.Equal(boundary, Text(Clock(interval, zone).NextBoundary(Ticks(time))));

    [Theory]
    [InlineData(RotationInterval.Hourly)]
    [InlineData(RotationInterval.Daily)]
    [InlineData(RotationInterval.Weekly)]
    [InlineData(RotationInterval.Monthly)]
    public void A_boundary_lies_ahead_and_is_a_boundary_of_the_local_time_through_years_of_every_zone(RotationInterval interval)
    {
        foreach (TimeZoneInfo zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var clock = new RotationClock(interval, zone);
            var random = new Random(1);
            for (int i = 0; i < 20; i++)
            {
                long utc = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(30 * 365 * 24 * 60)).Ticks;
                long boundary = clock.NextBoundary(utc);
                Assert.InRange(boundary, utc + 1, utc + TimeSpan.FromDays(33).Ticks);
                Assert.Equal(boundary, clock.NextBoundary(boundary - 1));
                DateTime last = Local(boundary - 1, zone);
                DateTime first = Local(boundary, zone);
                Assert.True(interval == RotationInterval.Hourly ? last.Hour != first.Hour : last.Date < first.Date || zone.IsAmbiguousTime(first), $"{zone.Id}: {last:O} to {first:O}");
            }
        }
    }

    [Fact]
    public void A_clock_that_ran_years_ahead_does_not_stop_rotation_for_years()
    {
        RotationClock clock = Clock(RotationInterval.Daily, "UTC");
        clock.Begin(Ticks("2036-01-01T00:00:00Z"));
        Assert.False(clock.IsOver(Ticks("2024-01-15T10:00:00Z")));
        Assert.True(clock.IsOver(Ticks("2024-01-16T00:00:00Z")));
    }

    private static RotationClock Clock(RotationInterval interval, string zone) => new(interval, TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTime Local(long utc, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(new DateTime(utc, DateTimeKind.Utc), zone);

    private static long Ticks(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks;

    private static string Text(long utc) => new DateTime(utc, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
