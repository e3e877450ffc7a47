using System.Globalization;

namespace FastTrainLog.Analysis.Reports;

/// <summary>Converts values to positions on an axis, linear or logarithmic, and finds its ticks.</summary>
internal sealed class AxisScale
{
    private readonly double _least;
    private readonly double _greatest;
    private readonly bool _logarithmic;

    /// <summary>Initializes a scale over finite values.</summary>
    public AxisScale(double least, double greatest, bool logarithmic)
    {
        _logarithmic = logarithmic;
        if (logarithmic)
        {
            (_least, _greatest) = (Math.Log10(least), Math.Log10(greatest));
        }
        else
        {
            (_least, _greatest) = (least, greatest);
        }

        if (_greatest <= _least)
        {
            double margin = _least == 0.0 ? 1.0 : Math.Abs(_least) * 0.1;
            (_least, _greatest) = (_least - margin, _greatest + margin);
        }
    }

    /// <summary>Returns whether a logarithmic scale is better: all values are above 0, and their range is more than two orders of magnitude.</summary>
    public static bool IsWide(double least, double greatest) => least > 0.0 && greatest / least > 100.0;

    /// <summary>Returns the position of a value: 0 at the minimum, 1 at the maximum.</summary>
    public double Place(double value) => ((_logarithmic ? Math.Log10(value) : value) - _least) / (_greatest - _least);

    /// <summary>Returns the values of about this number of ticks, with their labels.</summary>
    public IEnumerable<(double Value, string Label)> Ticks(int count)
    {
        double step = NiceStep((_greatest - _least) / count);
        if (_logarithmic)
        {
            step = Math.Max(1.0, Math.Round(step));
        }

        for (double at = Math.Ceiling(_least / step) * step; at <= _greatest + (step * 1e-9); at += step)
        {
            double value = _logarithmic ? Math.Pow(10.0, at) : Math.Abs(at) < step * 1e-9 ? 0.0 : at;
            yield return (value, Label(value));
        }
    }

    // Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990.
    private static double NiceStep(double rough)
    {
        double power = Math.Pow(10.0, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch
        {
            < 1.5 => 1.0,
            < 3.5 => 2.0,
            < 7.5 => 5.0,
            _ => 10.0,
        } * power;
    }

    private static string Label(double value)
    {
        double size = Math.Abs(value);
        return size switch
        {
            0.0 => "0",
            >= 1e12 or < 1e-3 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
            >= 1e9 => (value / 1e9).ToString("0.###", CultureInfo.InvariantCulture) + " G",
            >= 1e6 => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + " M",
            >= 1e4 => (value / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + " k",
            _ => value.ToString("0.######", CultureInfo.InvariantCulture),
        };
    }
}
