using FastTrainLog.Dashboard;
using FastTrainLog.Dashboard.Alerts;
using FastTrainLog.Dashboard.Logs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the dashboard to a host.</summary>
public static class DashboardServiceCollectionExtensions
{
    /// <summary>Adds what <see cref="AspNetCore.Builder.DashboardEndpointRouteBuilderExtensions.MapFastTrainLog"/> needs: readers of the log directories, which work only while somebody looks.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; at least one directory.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is invalid, or a directory does not exist.</exception>
    public static IServiceCollection AddFastTrainLogDashboard(this IServiceCollection services, Action<DashboardOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new DashboardOptions();
        configure(options);
        options.Validate();
        services.AddSingleton(options);
        services.AddSingleton<LogCatalog>();
        services.AddHostedService<LogWatcher>();
        services.AddSingleton(new AlertBook(options));
        services.AddHostedService<AlertWatch>();
        return services;
    }
}
